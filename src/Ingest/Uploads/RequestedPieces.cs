using System.Globalization;
using System.Numerics;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Pieces;
using Distribution.Contracts.Files;

namespace Distribution.Ingest.Uploads;

/// <summary>Which piece lengths a publisher may ask for, instead of the one that goes by size (<see cref="PieceLengths"/>).</summary>
internal static class RequestedPieces
{
    /// <summary>What a torrent may say of its pieces, in bytes: a magnet link's viewers fetch it before their first byte (BEP 9).</summary>
    public const int MaxHashesBytes = 1_000_000;

    /// <summary>Null: the length can be used. Otherwise why not, for people.</summary>
    public static string? Check(NewUpload upload)
    {
        // A torrent that is there already has the pieces that it has.
        if (upload.PieceLengthBytes is not { } length || upload.Torrent is not null)
            return null;
        if (length is < PieceLengths.MinBytes or > PieceLengths.MaxBytes || !BitOperations.IsPow2(length))
            return $"A piece length is a power of two from {PieceLengths.MinBytes} to {PieceLengths.MaxBytes} bytes.";
        TorrentVersions versions = upload.Format == TorrentFormat.Hybrid ? TorrentVersions.Hybrid : TorrentVersions.V1;
        long hashes = PieceLengths.HashBytesPerPiece(versions) * CountOf(upload, length);
        return hashes > MaxHashesBytes
            ? $"Pieces of {Text(length)} bytes need {Text(hashes)} bytes of hashes; at most {Text(MaxHashesBytes)} are allowed, so that viewers of a magnet link start soon. Ask for longer pieces."
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
