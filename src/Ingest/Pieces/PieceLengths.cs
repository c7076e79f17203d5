namespace Distribution.Ingest.Pieces;

/// <summary>
/// How long a v1 piece is: the smallest power of two from 256 KiB to 16 MiB that makes at most 2048 pieces; longer only where the
/// hashes would pass 1 MB, because a magnet link's viewers fetch them all before their first byte (BEP 9).
/// </summary>
public static class PieceLengths
{
    public const int MinBytes = 256 << 10;
    public const int MaxBytes = 16 << 20;
    public const int MaxPieces = 2048;
    public const int MaxHashesBytes = 1_000_000;

    private const int HashBytes = 20;

    public static int For(long sizeBytes)
    {
        long length = MinBytes;
        while (
            Pieces(sizeBytes, length) > MaxPieces
            && (length < MaxBytes || Pieces(sizeBytes, length) * HashBytes > MaxHashesBytes)
        )
            length *= 2;
        return checked((int)length);
    }

    private static long Pieces(long sizeBytes, long pieceLengthBytes) =>
        (sizeBytes + pieceLengthBytes - 1) / pieceLengthBytes;
}
