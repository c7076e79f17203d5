using Distribution.BitTorrent.Merkle;

namespace Distribution.BitTorrent.Pieces;

/// <summary>
/// Where the states of a file's blocks lie in a row. A block's state is the chaining value of its piece's SHA-1 behind it (20 bytes), by which
/// a block can be checked without the rest of its piece (<see cref="BlockVerifier"/>). Each block of 16 KiB has one but a piece's last, for which the
/// piece's hash stands.
/// </summary>
/// <param name="pieceLengthBytes">A multiple of 16 KiB.</param>
public sealed class BlockStateMap(int pieceLengthBytes, long lengthBytes)
{
    /// <summary>Of one state.</summary>
    public const int StateBytes = 20;

    public const int BlockBytes = MerkleTree.BlockLengthBytes;

    /// <summary>All states.</summary>
    public long Count => CountUpTo(lengthBytes);

    /// <summary>False: such pieces have no blocks of 16 KiB.</summary>
    public static bool Fits(int pieceLengthBytes) => pieceLengthBytes > 0 && pieceLengthBytes % BlockBytes == 0;

    /// <summary>How many a piece of so many bytes has.</summary>
    public static int CountOf(int pieceBytes) => Math.Max(0, (pieceBytes - 1) / BlockBytes);

    /// <summary>How many states stand at or before a place in the file.</summary>
    public long CountUpTo(long offsetBytes)
    {
        long whole = offsetBytes / pieceLengthBytes;
        long start = whole * pieceLengthBytes;
        int own = CountOf((int)Math.Min(pieceLengthBytes, lengthBytes - start));
        return whole * CountOf(pieceLengthBytes) + Math.Min((offsetBytes - start) / BlockBytes, own);
    }
}
