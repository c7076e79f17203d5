using System.Globalization;
using System.Numerics;
using Distribution.Ingest.Pieces;

namespace Distribution.Ingest.Uploads;

/// <summary>Which piece lengths a publisher may ask for, instead of the one that goes by size (<see cref="PieceLengths"/>).</summary>
internal static class RequestedPieces
{
    /// <summary>A v2 piece has at least one block of 16 KiB (BEP 52); v1 follows, so that either format may be asked for.</summary>
    public const int MinBytes = 16 << 10;

    /// <summary>Longer pieces are refused by clients.</summary>
    public const int MaxBytes = 64 << 20;

    private const int HashBytes = 20;

    /// <summary>Null: the length can be used. Otherwise why not, for people.</summary>
    public static string? Check(NewUpload upload)
    {
        if (upload.PieceLengthBytes is not { } length)
            return null;
        if (length is < MinBytes or > MaxBytes || !BitOperations.IsPow2(length))
            return $"A piece length is a power of two from {MinBytes} to {MaxBytes} bytes.";
        long hashes = HashBytes * CountOf(upload, length);
        return hashes > PieceLengths.MaxHashesBytes
            ? $"Pieces of {Text(length)} bytes need {Text(hashes)} bytes of hashes; at most {Text(PieceLengths.MaxHashesBytes)} are allowed, so that viewers of a magnet link start soon. Ask for longer pieces."
            : null;
    }

    /// <summary>The length that is asked for, where it can be used; else the one by size.</summary>
    public static int LengthOf(NewUpload upload) =>
        upload.PieceLengthBytes is { } asked && Check(upload) is null ? (int)asked : PieceLengths.For(upload.SizeBytes);

    // A folder's files may each begin at a piece of their own.
    private static long CountOf(NewUpload upload, long pieceLengthBytes) =>
        upload.Files is { } files
            ? files.Sum(file => Ceiling(file.SizeBytes, pieceLengthBytes))
            : Ceiling(upload.SizeBytes, pieceLengthBytes);

    private static long Ceiling(long bytes, long pieceLengthBytes) => (bytes + pieceLengthBytes - 1) / pieceLengthBytes;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
