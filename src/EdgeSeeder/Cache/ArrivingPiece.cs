using Distribution.BitTorrent.Pieces;

namespace Distribution.EdgeSeeder.Cache;

/// <summary>A piece that is being fetched. Nobody is given a byte that is not verified; what is, is never written again.</summary>
internal sealed class ArrivingPiece : MemoryPiece
{
    private readonly bool[] _verified;

    public ArrivingPiece(int piece, int lengthBytes)
        : base(piece, lengthBytes) => _verified = new bool[(lengthBytes - 1) / BlockStateMap.BlockBytes + 1];

    public override bool Has(int offsetBytes, int lengthBytes)
    {
        int last = Math.Max(offsetBytes, offsetBytes + lengthBytes - 1) / BlockStateMap.BlockBytes;
        for (int block = offsetBytes / BlockStateMap.BlockBytes; block <= last; block++)
        {
            if (block >= _verified.Length || !Volatile.Read(ref _verified[block]))
                return false;
        }
        return true;
    }

    /// <summary>A block's bytes are there and right.</summary>
    public void Verified(int block) => Volatile.Write(ref _verified[block], true);

    /// <summary>The whole piece is right.</summary>
    public void VerifiedWhole()
    {
        for (int block = 0; block < _verified.Length; block++)
            Verified(block);
    }
}
