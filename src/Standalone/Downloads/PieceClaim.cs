using Distribution.BitTorrent.Wire;

namespace Distribution.Standalone.Downloads;

/// <summary>
/// A piece that somebody is fetching, with what is there of it. Its blocks are 16 KiB, the last one shorter. One owner at a time; what a
/// former owner brought stays. Not thread-safe: the owner alone touches it.
/// </summary>
internal sealed class PieceClaim(int piece, int sizeBytes)
{
    private readonly BlockState[] _blocks = new BlockState[
        (sizeBytes + BlockRequest.StandardBytes - 1) / BlockRequest.StandardBytes
    ];
    private readonly long[] _bySource = new long[Enum.GetValues<ByteSource>().Length];
    private int _missing = (sizeBytes + BlockRequest.StandardBytes - 1) / BlockRequest.StandardBytes;

    private enum BlockState : byte
    {
        Missing,
        Asked,
        There,
    }

    public int Piece => piece;

    public int SizeBytes => sizeBytes;

    public byte[] Bytes { get; } = new byte[sizeBytes];

    /// <summary>All of it came from one owner, so a wrong hash is his.</summary>
    public bool IsOfOneOwner { get; private set; } = true;

    public bool IsWhole => _missing == 0;

    public bool HasAny => _missing < _blocks.Length;

    /// <summary>Bytes that came from one kind of source.</summary>
    public long Of(ByteSource source) => _bySource[(int)source];

    /// <summary>The next block to ask for; null: all are there or asked for.</summary>
    public BlockRequest? Ask()
    {
        int block = Array.IndexOf(_blocks, BlockState.Missing);
        if (block < 0)
            return null;
        _blocks[block] = BlockState.Asked;
        int offset = block * BlockRequest.StandardBytes;
        return new BlockRequest(piece, offset, Math.Min(BlockRequest.StandardBytes, sizeBytes - offset));
    }

    /// <summary>A block will not come: it may be asked for again.</summary>
    public void Forget(BlockRequest request)
    {
        int block = request.OffsetBytes / BlockRequest.StandardBytes;
        if (block < _blocks.Length && _blocks[block] == BlockState.Asked)
            _blocks[block] = BlockState.Missing;
    }

    /// <summary>Takes a block in. False: it was not asked for, or is there already.</summary>
    public bool TryPut(int offsetBytes, ReadOnlySpan<byte> data, ByteSource source)
    {
        int block = offsetBytes / BlockRequest.StandardBytes;
        if (
            offsetBytes % BlockRequest.StandardBytes != 0
            || block >= _blocks.Length
            || _blocks[block] != BlockState.Asked
            || data.Length != Math.Min(BlockRequest.StandardBytes, sizeBytes - offsetBytes)
        )
            return false;
        data.CopyTo(Bytes.AsSpan(offsetBytes));
        _blocks[block] = BlockState.There;
        _bySource[(int)source] += data.Length;
        _missing--;
        return true;
    }

    /// <summary>The owner gives it back: what was asked for and did not come is missing again.</summary>
    public void ChangeOwner()
    {
        for (int block = 0; block < _blocks.Length; block++)
        {
            if (_blocks[block] == BlockState.Asked)
                _blocks[block] = BlockState.Missing;
        }
        IsOfOneOwner = !HasAny;
    }
}
