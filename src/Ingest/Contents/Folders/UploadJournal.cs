using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Distribution.Ingest.Contents.Folders;

/// <summary>
/// An upload's append-only record of progress. Eight bytes of magic, then records: check 8 (the SHA-1 of the rest, cut), offset 8,
/// bytes of hashes 4, bytes of state 4, new hashes, state; little-endian. The last state counts. Reading stops at the first record that does not fit: the tail that a
/// crash tore off was never acknowledged.
/// </summary>
internal sealed class UploadJournal : IDisposable
{
    private const int CheckBytes = 8;
    private const int RecordHeaderBytes = CheckBytes + sizeof(long) + 2 * sizeof(int);
    private const int MaxRecordBytes = 64 << 20;

    private readonly SafeFileHandle _file;
    private readonly ContentManifest _manifest;
    private readonly MemoryStream _hashes = new();
    private long _endBytes;

    private UploadJournal(SafeFileHandle file, ContentManifest manifest)
    {
        _file = file;
        _manifest = manifest;
    }

    /// <summary>A new journal's content.</summary>
    public static ReadOnlySpan<byte> Magic => "DISTUPL2"u8;

    /// <summary>Of the last record.</summary>
    public long OffsetBytes { get; private set; }

    /// <summary>Of all records.</summary>
    public ReadOnlyMemory<byte> Hashes => _hashes.GetBuffer().AsMemory(0, (int)_hashes.Length);

    /// <summary>Of the last record.</summary>
    public ReadOnlyMemory<byte> State { get; private set; }

    /// <exception cref="InvalidDataException">No journal.</exception>
    public static UploadJournal Open(string path, ContentManifest manifest, FileAccess access)
    {
        SafeFileHandle file = File.OpenHandle(path, FileMode.Open, access, FileShare.ReadWrite | FileShare.Delete);
        try
        {
            var journal = new UploadJournal(file, manifest);
            journal.ReadAll();
            return journal;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Adds a record and flushes it. Not there, or not whole, when it throws.</summary>
    public void Append(long offset, ReadOnlySpan<byte> newHashes, ReadOnlySpan<byte> state)
    {
        if (offset < OffsetBytes || offset > _manifest.SizeBytes)
            throw new ArgumentException(
                $"The upload stands at {OffsetBytes} of {_manifest.SizeBytes}, not at {offset}."
            );
        var record = new byte[RecordHeaderBytes + newHashes.Length + state.Length];
        BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(CheckBytes), offset);
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(CheckBytes + sizeof(long)), newHashes.Length);
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(RecordHeaderBytes - sizeof(int)), state.Length);
        newHashes.CopyTo(record.AsSpan(RecordHeaderBytes));
        state.CopyTo(record.AsSpan(RecordHeaderBytes + newHashes.Length));
        WriteCheck(record.AsSpan(CheckBytes), record);
        RandomAccess.Write(_file, record, _endBytes);
        RandomAccess.FlushToDisk(_file);
        _endBytes += record.Length;
        _hashes.Write(newHashes);
        State = state.ToArray();
        OffsetBytes = offset;
    }

    public void Dispose()
    {
        _file.Dispose();
        _hashes.Dispose();
    }

    private static void WriteCheck(ReadOnlySpan<byte> data, Span<byte> check)
    {
        Span<byte> digest = stackalloc byte[SHA1.HashSizeInBytes];
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
            long hashes = BinaryPrimitives.ReadInt32LittleEndian(header[(CheckBytes + sizeof(long))..]);
            long state = BinaryPrimitives.ReadInt32LittleEndian(header[^sizeof(int)..]);
            long bytes = RecordHeaderBytes + hashes + state;
            if (
                offset < OffsetBytes
                || offset > _manifest.SizeBytes
                || hashes < 0
                || state < 0
                || bytes > MaxRecordBytes
                || _endBytes + bytes > length
            )
                break;
            var record = new byte[bytes - CheckBytes];
            if (RandomAccess.Read(_file, record, _endBytes + CheckBytes) != record.Length)
                break;
            WriteCheck(record, check);
            if (!check.SequenceEqual(header[..CheckBytes]))
                break;
            int start = RecordHeaderBytes - CheckBytes;
            _hashes.Write(record.AsSpan(start, (int)hashes));
            State = record.AsMemory(start + (int)hashes);
            OffsetBytes = offset;
            _endBytes += bytes;
        }
    }
}
