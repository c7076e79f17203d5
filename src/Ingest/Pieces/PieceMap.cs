using Distribution.BitTorrent;
using Distribution.BitTorrent.Merkle;
using Distribution.BitTorrent.Pieces;
using Distribution.Contracts.Files;
using Distribution.Ingest.Contents;

namespace Distribution.Ingest.Pieces;

/// <summary>
/// How a content's stream falls into files and pieces. Each file begins a piece (BEP 52; for v1 by padding, BEP 47), so a piece is
/// known by where its own bytes start and end in the stream, which has no padding.
/// </summary>
public sealed class PieceMap
{
    private readonly long[] _sizes;

    // Of the files that have bytes.
    private readonly long[] _starts;

    /// <param name="pieceLengthBytes">A power of two from 16 KiB to 64 MiB.</param>
    /// <param name="versions">What to hash for.</param>
    /// <param name="fileSizes">In the order of the stream; empty files may be among them.</param>
    /// <exception cref="ArgumentException">Another piece length or version, or sizes that cannot be.</exception>
    public PieceMap(int pieceLengthBytes, TorrentVersions versions, params IReadOnlyList<long> fileSizes)
    {
        if (!MerkleTree.IsPieceLength(pieceLengthBytes) || pieceLengthBytes > PieceLengths.MaxBytes)
            throw new ArgumentException($"{pieceLengthBytes} bytes are no piece length.", nameof(pieceLengthBytes));
        if (versions is TorrentVersions.None)
            throw new ArgumentException("No version.", nameof(versions));
        PieceLengthBytes = pieceLengthBytes;
        Versions = versions;
        _sizes = [.. fileSizes];
        var starts = new List<long>(_sizes.Length);
        foreach (long size in _sizes)
        {
            if (size < 0)
                throw new ArgumentException("A file has less than nothing.", nameof(fileSizes));
            if (size > 0)
                starts.Add(LengthBytes);
            LengthBytes = checked(LengthBytes + size);
        }
        _starts = [.. starts];
    }

    public int PieceLengthBytes { get; }

    public TorrentVersions Versions { get; }

    /// <summary>Of all files together.</summary>
    public long LengthBytes { get; }

    public bool HasV1 => Versions.HasFlag(TorrentVersions.V1);

    public bool HasV2 => Versions.HasFlag(TorrentVersions.V2);

    /// <summary>True where a file's last piece is hashed for v1 with zeros to its end, because another file follows it.</summary>
    public bool IsPadded => HasV1 && _sizes.Length > 1;

    /// <summary>What is kept of each piece: its v1 hash, then the root of its own v2 leaves.</summary>
    public int RecordBytes => PieceLengths.HashBytesPerPiece(Versions);

    /// <summary>The map of an upload.</summary>
    /// <exception cref="InvalidDataException">The manifest contradicts itself.</exception>
    public static PieceMap Of(ContentManifest manifest)
    {
        TorrentVersions versions =
            manifest.Format == TorrentFormat.Hybrid ? TorrentVersions.Hybrid : TorrentVersions.V1;
        try
        {
            var map = new PieceMap(
                manifest.PieceLengthBytes,
                versions,
                manifest.Files is { } files ? [.. files.Select(file => file.SizeBytes)] : [manifest.SizeBytes]
            );
            if (map.LengthBytes == manifest.SizeBytes)
                return map;
        }
        catch (Exception e) when (e is ArgumentException or OverflowException)
        {
            throw new InvalidDataException($"The manifest of {manifest.FileId} cannot be: {e.Message}", e);
        }
        throw new InvalidDataException($"The files of {manifest.FileId} do not add up to {manifest.SizeBytes} bytes.");
    }

    /// <summary>The piece that has the byte at <paramref name="offset"/>, which lies below <see cref="LengthBytes"/>.</summary>
    public PieceSpan PieceAt(long offset)
    {
        int index = Array.BinarySearch(_starts, offset);
        if (index < 0)
            index = ~index - 1;
        long start = _starts[index];
        long end = index + 1 < _starts.Length ? _starts[index + 1] : LengthBytes;
        long pieceStart = offset - (offset - start) % PieceLengthBytes;
        return new PieceSpan(pieceStart, Math.Min(end, pieceStart + PieceLengthBytes));
    }

    /// <summary>
    /// How far a block that begins at <paramref name="start"/> should reach, at most <paramref name="maxBytes"/>: to a piece's end
    /// where it holds one, so that the next block begins a piece and need not wait for this one's hash.
    /// </summary>
    public long BlockEnd(long start, int maxBytes)
    {
        long end = Math.Min(start + maxBytes, LengthBytes);
        if (end == LengthBytes)
            return end;
        long pieceStart = PieceAt(end).Start;
        return pieceStart > start ? pieceStart : end;
    }

    /// <summary>Each file's hashes, in the stream's order, from the records of all pieces.</summary>
    /// <exception cref="InvalidDataException">Not one record for each piece.</exception>
    public IReadOnlyList<ContentHashes> Join(ReadOnlySpan<byte> records)
    {
        var hashes = new ContentHashes[_sizes.Length];
        for (int file = 0; file < _sizes.Length; file++)
        {
            var pieces = new PieceHashList(PieceLengthBytes, Versions);
            for ((long left, int index) = (_sizes[file], 0); left > 0; left -= PieceLengthBytes, index++)
            {
                if (records.Length < RecordBytes)
                    throw new InvalidDataException("The hashes of some pieces are missing.");
                pieces.Add(index, Read(records[..RecordBytes], (int)Math.Min(left, PieceLengthBytes)));
                records = records[RecordBytes..];
            }
            hashes[file] = pieces.Build();
        }
        if (!records.IsEmpty)
            throw new InvalidDataException("There are hashes of more pieces than the content has.");
        return hashes;
    }

    private PieceHashes Read(ReadOnlySpan<byte> record, int lengthBytes)
    {
        ReadOnlySpan<byte> v1 = HasV1 ? record[..InfoHash.LengthBytes] : default;
        return new PieceHashes(
            lengthBytes,
            v1,
            IsPadded && lengthBytes < PieceLengthBytes ? v1 : default,
            HasV2 ? new MerkleHash(record[^MerkleHash.LengthBytes..]) : null
        );
    }
}
