using System.Numerics;
using Distribution.BitTorrent.Merkle;
using Distribution.BitTorrent.Metainfo;

namespace Distribution.BitTorrent.Pieces;

/// <summary>
/// Chooses a piece length: the smallest power of two of at least 16 KiB with which the content has no more than one piece for each
/// 64 bytes of piece length, and never more than 16 384 pieces. So pieces grow with the square root of the size up to 16 GiB (1 GiB:
/// 256 KiB, 16 GiB: 1 MiB) and with the size itself above (100 GB: 8 MiB), and what a hybrid torrent says of its pieces stays below
/// 852 KB up to 1 TiB, where pieces reach the largest length that clients bear.
/// </summary>
public static class PieceLengths
{
    public const int MinBytes = MerkleTree.BlockLengthBytes;

    public const int MaxBytes = TorrentInfo.MaxPieceLengthBytes;

    /// <summary>The most pieces that <see cref="For"/> makes of up to 1 TiB.</summary>
    public const int MaxPieces = 16 * 1024;

    private const int BytesForEachPiece = 64;

    /// <summary>The piece length for content of this size, all files together.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A negative size.</exception>
    public static int For(long totalBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(totalBytes);
        long length = MinBytes;
        while (length < MaxBytes && totalBytes > length * Math.Min(length / BytesForEachPiece, MaxPieces))
            length *= 2;
        return (int)length;
    }

    /// <summary>
    /// What the metainfo holds for each piece: 20 bytes in v1, 32 in v2 (for files larger than a piece), 52 in a hybrid. Of these only
    /// the first 20 are in the info dictionary, which BEP 9 hands out.
    /// </summary>
    public static int HashBytesPerPiece(TorrentVersions versions) =>
        (versions.HasFlag(TorrentVersions.V1) ? InfoHash.LengthBytes : 0)
        + (versions.HasFlag(TorrentVersions.V2) ? MerkleHash.LengthBytes : 0);

    internal static void Check(int pieceLengthBytes)
    {
        if (pieceLengthBytes is < MinBytes or > MaxBytes || !BitOperations.IsPow2(pieceLengthBytes))
            throw new ArgumentOutOfRangeException(
                nameof(pieceLengthBytes),
                pieceLengthBytes,
                $"A piece length is a power of two from {MinBytes} to {MaxBytes} bytes."
            );
    }
}
