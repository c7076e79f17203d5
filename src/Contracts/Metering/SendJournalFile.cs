using System.Buffers.Binary;
using System.Net;
using System.Text;
using Distribution.BitTorrent;
using Distribution.Contracts.Ledgers;

namespace Distribution.Contracts.Metering;

/// <summary>
/// The journal's file: a page with magic and epoch, then records of 64 bytes: count 8, state 4, kind 4, hour 8, info-hash 20, address
/// length 4, address 16; little-endian. A record is valid once its state is 1, which is written last.
/// </summary>
internal sealed unsafe class SendJournalFile : IDisposable
{
    private const int HeaderBytes = 4096;
    private const int EpochBytes = 16;
    private const int RecordBytes = 64;
    private const int SegmentBytes = 1 << 20;
    private const int RecordsPerSegment = SegmentBytes / RecordBytes;
    private const int StateAt = 8;
    private const int KindAt = 12;
    private const int HourAt = 16;
    private const int HashAt = 24;
    private const int AddressLengthAt = 44;
    private const int AddressAt = 48;

    private static readonly byte[] Zeros = new byte[64 * 1024];

    private readonly FileStream _stream;
    private readonly List<SendJournalSegment> _segments = [];
    private readonly Stack<int> _free = new();
    private readonly Lock _gate = new();
    private bool _disposed;

    private SendJournalFile(FileStream stream, string epoch)
    {
        _stream = stream;
        Epoch = epoch;
    }

    private static ReadOnlySpan<byte> Magic => "DISTSND1"u8;

    public string Epoch { get; }

    /// <exception cref="IOException">In use by another process, or no journal.</exception>
    public static SendJournalFile Open(string path, string newEpoch)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            BufferSize = 0,
        };
        // It names who received what.
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var stream = new FileStream(path, options);
        try
        {
            string epoch =
                ReadHeader(stream)
                ?? WriteHeader(stream, newEpoch)
                ?? throw new IOException($"{path} is no send journal.");
            return new SendJournalFile(stream, epoch);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Maps the file and gives every valid record; the others become free. Called once, after opening.</summary>
    public List<(SendKey Key, SendSlot Slot)> ReadAll()
    {
        var records = new List<(SendKey, SendSlot)>();
        lock (_gate)
        {
            while (HeaderBytes + (long)_segments.Count * SegmentBytes < _stream.Length && TryMapNext(records)) { }
        }
        return records;
    }

    public SendSlot Allocate(SendKey key)
    {
        lock (_gate)
        {
            if (_disposed || (_free.Count == 0 && !TryMapNext(found: null)))
                return InMemory();
            int record = _free.Pop();
            byte* at = At(record);
            var span = new Span<byte>(at, RecordBytes);
            span.Clear();
            key.Receiver.TryWriteBytes(span[AddressAt..], out int addressLength);
            BinaryPrimitives.WriteInt32LittleEndian(span[AddressLengthAt..], addressLength);
            key.InfoHash.AsSpan().CopyTo(span[HashAt..]);
            BinaryPrimitives.WriteInt64LittleEndian(span[HourAt..], key.HourStart);
            BinaryPrimitives.WriteInt32LittleEndian(span[KindAt..], (int)key.Kind);
            Volatile.Write(ref *(int*)(at + StateAt), 1);
            return new SendSlot((long*)at, _segments[record / RecordsPerSegment], record);
        }
    }

    /// <summary>Lets a record go: its place may be given to another.</summary>
    public void Release(SendSlot slot)
    {
        lock (_gate)
        {
            if (_disposed || slot.Record == SendSlot.NoRecord)
                return;
            Volatile.Write(ref *(int*)(At(slot.Record) + StateAt), 0);
            _free.Push(slot.Record);
        }
    }

    /// <summary>Returns once all that was counted before the call has reached the disk.</summary>
    public void Flush()
    {
        SendJournalSegment[] segments;
        lock (_gate)
            segments = [.. _segments];
        // Outside the gate: a slow disk must not hold up who counts.
        foreach (SendJournalSegment segment in segments)
            segment.Flush();
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            _disposed = true;
        }
        try
        {
            Flush();
        }
        finally
        {
            _stream.Dispose();
        }
    }

    /// <summary>The epoch; null where the header was never finished, as nothing can have been counted then, or is another's.</summary>
    private static string? ReadHeader(FileStream stream)
    {
        Span<byte> header = stackalloc byte[Magic.Length + EpochBytes];
        int read = RandomAccess.Read(stream.SafeFileHandle, header, 0);
        if (read < header.Length || stream.Length < HeaderBytes || !header.StartsWith(Magic))
            return null;
        string epoch = Encoding.ASCII.GetString(header[Magic.Length..]);
        return epoch.All(char.IsAsciiHexDigitLower) ? epoch : null;
    }

    /// <summary>Makes a new journal; null, and nothing is touched, where the file holds anything else than the beginning of one.</summary>
    private static string? WriteHeader(FileStream stream, string epoch)
    {
        if (stream.Length > HeaderBytes)
            return null;
        // A crash while it was made leaves a part of the page, or zeros.
        var present = new byte[stream.Length];
        RandomAccess.Read(stream.SafeFileHandle, present, 0);
        int magic = Math.Min(present.Length, Magic.Length);
        bool isUnfinished =
            present.Length < HeaderBytes && present.AsSpan(0, magic).SequenceEqual(Magic[..magic])
            || present.AsSpan().IndexOfAnyExcept((byte)0) < 0;
        if (!isUnfinished)
            return null;

        var page = new byte[HeaderBytes];
        Magic.CopyTo(page);
        Encoding.ASCII.GetBytes(epoch, page.AsSpan(Magic.Length, EpochBytes));
        RandomAccess.Write(stream.SafeFileHandle, page, 0);
        stream.Flush(flushToDisk: true);
        return epoch;
    }

    private static SendSlot InMemory()
    {
        long[] memory = GC.AllocateArray<long>(1, pinned: true);
        fixed (long* bytes = memory)
            return new SendSlot(bytes, memory, SendSlot.NoRecord);
    }

    private byte* At(int record) =>
        _segments[record / RecordsPerSegment].Start + (long)(record % RecordsPerSegment) * RecordBytes;

    /// <summary>
    /// Maps the segment behind the last, first made whole where the file ends inside it or before it. Records that are valid already go to
    /// <paramref name="found"/>, or stay as they are for the next opening. False: the disk is full.
    /// </summary>
    private bool TryMapNext(List<(SendKey Key, SendSlot Slot)>? found)
    {
        long start = HeaderBytes + (long)_segments.Count * SegmentBytes;
        SendJournalSegment segment;
        try
        {
            // Written, not only lengthened: a hole that a full disk cannot fill would end the process with SIGBUS.
            // A record that the file's end cuts through goes with it.
            long whole = Math.Max(0, _stream.Length - start) / RecordBytes * RecordBytes;
            for (long at = start + whole; at < start + SegmentBytes; )
            {
                int length = (int)Math.Min(Zeros.Length, start + SegmentBytes - at);
                RandomAccess.Write(_stream.SafeFileHandle, Zeros.AsSpan(0, length), at);
                at += length;
            }
            segment = SendJournalSegment.Map(_stream, start, SegmentBytes);
        }
        catch (IOException)
        {
            return false;
        }
        int first = _segments.Count * RecordsPerSegment;
        _segments.Add(segment);
        for (int record = first + RecordsPerSegment - 1; record >= first; record--)
        {
            byte* at = At(record);
            if (Volatile.Read(ref *(int*)(at + StateAt)) != 1)
                _free.Push(record);
            else if (found is not null && TryReadKey(new ReadOnlySpan<byte>(at, RecordBytes), out SendKey key))
                found.Add((key, new SendSlot((long*)at, segment, record)));
        }
        return true;
    }

    /// <summary>False for a record that this version cannot read; it is left alone.</summary>
    private static bool TryReadKey(ReadOnlySpan<byte> record, out SendKey key)
    {
        int addressLength = BinaryPrimitives.ReadInt32LittleEndian(record[AddressLengthAt..]);
        var kind = (SendKind)BinaryPrimitives.ReadInt32LittleEndian(record[KindAt..]);
        key = default;
        if (addressLength is not (4 or 16) || !Enum.IsDefined(kind))
            return false;
        key = new SendKey(
            new InfoHash(record.Slice(HashAt, InfoHash.LengthBytes)),
            new IPAddress(record.Slice(AddressAt, addressLength)),
            kind,
            BinaryPrimitives.ReadInt64LittleEndian(record[HourAt..])
        );
        return true;
    }
}
