using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Distribution.Ingest.Contents.Folders;

/// <summary>
/// An upload's append-only record of progress. Eight bytes of magic, then records: check 8 (first half of the SHA-1 of the rest),
/// offset 8, number of hashes 4, hashes of 20; little-endian. Reading stops at the first record that does not fit: the tail that a
/// crash tore off was never acknowledged.
/// </summary>
internal sealed class PieceJournal : IDisposable
{
    public const int HashBytes = SHA1.HashSizeInBytes;

    private const int CheckBytes = 8;
    private const int RecordHeaderBytes = CheckBytes + sizeof(long) + sizeof(int);

    private readonly SafeFileHandle _file;
    private readonly ContentManifest _manifest;
    private readonly MemoryStream _hashes = new();
    private long _endBytes;

    private PieceJournal(SafeFileHandle file, ContentManifest manifest)
    {
        _file = file;
        _manifest = manifest;
    }

    /// <summary>A new journal's content.</summary>
    public static ReadOnlySpan<byte> Magic => "DISTUPL1"u8;

    /// <summary>Of the last record.</summary>
    public long OffsetBytes { get; private set; }

    /// <summary>Of all pieces complete below <see cref="OffsetBytes"/>.</summary>
    public ReadOnlyMemory<byte> Hashes => _hashes.GetBuffer().AsMemory(0, (int)_hashes.Length);

    /// <exception cref="InvalidDataException">No journal.</exception>
    public static PieceJournal Open(string path, ContentManifest manifest, FileAccess access)
    {
        SafeFileHandle file = File.OpenHandle(path, FileMode.Open, access, FileShare.ReadWrite | FileShare.Delete);
        try
        {
            var journal = new PieceJournal(file, manifest);
            journal.ReadAll();
            return journal;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>How many pieces are complete below an offset: the last may be short.</summary>
    public static long CompletePieces(ContentManifest manifest, long offset) =>
        offset == manifest.SizeBytes
            ? (offset + manifest.PieceLengthBytes - 1) / manifest.PieceLengthBytes
            : offset / manifest.PieceLengthBytes;

    /// <summary>Adds a record and flushes it. Not there, or not whole, when it throws.</summary>
    public void Append(long offset, ReadOnlySpan<byte> newHashes)
    {
        if (
            offset < OffsetBytes
            || offset > _manifest.SizeBytes
            || _hashes.Length + newHashes.Length != CompletePieces(_manifest, offset) * HashBytes
        )
            throw new ArgumentException($"{newHashes.Length} bytes of hashes do not lead to offset {offset}.");
        var record = new byte[RecordHeaderBytes + newHashes.Length];
        BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(CheckBytes), offset);
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(CheckBytes + sizeof(long)), newHashes.Length / HashBytes);
        newHashes.CopyTo(record.AsSpan(RecordHeaderBytes));
        WriteCheck(record.AsSpan(CheckBytes), record);
        RandomAccess.Write(_file, record, _endBytes);
        RandomAccess.FlushToDisk(_file);
        _endBytes += record.Length;
        _hashes.Write(newHashes);
        OffsetBytes = offset;
    }

    public void Dispose()
    {
        _file.Dispose();
        _hashes.Dispose();
    }

    private static void WriteCheck(ReadOnlySpan<byte> data, Span<byte> check)
    {
        Span<byte> digest = stackalloc byte[HashBytes];
        SHA1.HashData(data, digest);
        digest[..CheckBytes].CopyTo(check);
    }

    private void ReadAll()
    {
        long length = RandomAccess.GetLength(_file);
        Span<byte> magic = stackalloc byte[Magic.Length];
        if (RandomAccess.Read(_file, magic, 0) != magic.Length || !magic.SequenceEqual(Magic))
            throw new InvalidDataException("The upload's journal does not start as one.");
        _endBytes = magic.Length;
        Span<byte> header = stackalloc byte[RecordHeaderBytes];
        Span<byte> check = stackalloc byte[CheckBytes];
        while (_endBytes + RecordHeaderBytes <= length)
        {
            if (RandomAccess.Read(_file, header, _endBytes) != RecordHeaderBytes)
                break;
            long offset = BinaryPrimitives.ReadInt64LittleEndian(header[CheckBytes..]);
            long count = BinaryPrimitives.ReadInt32LittleEndian(header[(CheckBytes + sizeof(long))..]);
            if (offset < OffsetBytes || offset > _manifest.SizeBytes || count < 0)
                break;
            long hashes = _hashes.Length / HashBytes + count;
            if (
                hashes != CompletePieces(_manifest, offset)
                || _endBytes + RecordHeaderBytes + count * HashBytes > length
            )
                break;
            var record = new byte[RecordHeaderBytes - CheckBytes + count * HashBytes];
            if (RandomAccess.Read(_file, record, _endBytes + CheckBytes) != record.Length)
                break;
            WriteCheck(record, check);
            if (!check.SequenceEqual(header[..CheckBytes]))
                break;
            _hashes.Write(record.AsSpan(RecordHeaderBytes - CheckBytes));
            OffsetBytes = offset;
            _endBytes += CheckBytes + record.Length;
        }
    }
}
