using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using System.Net;
using System.Runtime.InteropServices;
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
    private const int RecordBytes = 64;
    private const int SegmentBytes = 1 << 20;
    private const int RecordsPerSegment = SegmentBytes / RecordBytes;
    private const int StateAt = 8;
    private const int KindAt = 12;
    private const int HourAt = 16;
    private const int HashAt = 24;
    private const int AddressLengthAt = 44;
    private const int AddressAt = 48;

    private readonly FileStream _stream;
    private readonly List<Segment> _segments = [];
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

    public static SendJournalFile Open(string path, string newEpoch)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        try
        {
            Span<byte> header = stackalloc byte[Magic.Length + 16];
            if (stream.Length < HeaderBytes)
            {
                // A file shorter than its header was cut off while it was made: nothing was counted in it.
                var page = new byte[HeaderBytes];
                Magic.CopyTo(page);
                Encoding.ASCII.GetBytes(newEpoch, page.AsSpan(Magic.Length));
                RandomAccess.Write(stream.SafeFileHandle, page, 0);
                stream.Flush(flushToDisk: true);
            }
            RandomAccess.Read(stream.SafeFileHandle, header, 0);
            if (!header.StartsWith(Magic))
                throw new IOException($"{path} is no send journal.");
            var file = new SendJournalFile(stream, Encoding.ASCII.GetString(header[Magic.Length..]));
            for (long at = HeaderBytes; at + SegmentBytes <= stream.Length; at += SegmentBytes)
                file.Map(at);
            return file;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Every valid record; the others become free. Called once, after opening.</summary>
    public List<(SendKey Key, SendSlot Slot)> ReadAll()
    {
        var records = new List<(SendKey, SendSlot)>();
        for (int record = _segments.Count * RecordsPerSegment - 1; record >= 0; record--)
        {
            byte* at = At(record);
            var span = new ReadOnlySpan<byte>(at, RecordBytes);
            int addressLength = BinaryPrimitives.ReadInt32LittleEndian(span[AddressLengthAt..]);
            if (BinaryPrimitives.ReadInt32LittleEndian(span[StateAt..]) != 1 || addressLength is not (4 or 16))
            {
                _free.Push(record);
                continue;
            }
            var key = new SendKey(
                new InfoHash(span.Slice(HashAt, InfoHash.LengthBytes)),
                new IPAddress(span.Slice(AddressAt, addressLength)),
                (SendKind)BinaryPrimitives.ReadInt32LittleEndian(span[KindAt..]),
                BinaryPrimitives.ReadInt64LittleEndian(span[HourAt..])
            );
            records.Add((key, new SendSlot((long*)at, record)));
        }
        return records;
    }

    public SendSlot Allocate(SendKey key)
    {
        lock (_gate)
        {
            if (_free.Count == 0 && !TryGrow())
                return new SendSlot((long*)NativeMemory.AllocZeroed(sizeof(long)), record: -1);
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
            return new SendSlot((long*)at, record);
        }
    }

    public void Release(SendSlot slot)
    {
        if (slot.Record < 0)
            return;
        lock (_gate)
        {
            Volatile.Write(ref *(int*)(At(slot.Record) + StateAt), 0);
            _free.Push(slot.Record);
        }
    }

    public void Flush()
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            foreach (Segment segment in _segments)
                segment.View.Flush();
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            _disposed = true;
            foreach (Segment segment in _segments)
            {
                segment.View.Flush();
                segment.View.SafeMemoryMappedViewHandle.ReleasePointer();
                segment.View.Dispose();
                segment.Map.Dispose();
            }
            _stream.Dispose();
        }
    }

    private byte* At(int record) =>
        _segments[record / RecordsPerSegment].Start + (long)(record % RecordsPerSegment) * RecordBytes;

    private bool TryGrow()
    {
        long at = HeaderBytes + (long)_segments.Count * SegmentBytes;
        try
        {
            // Written, not only lengthened: a hole that a full disk cannot fill would end the process with SIGBUS.
            RandomAccess.Write(_stream.SafeFileHandle, new byte[SegmentBytes], at);
            Map(at);
        }
        catch (IOException)
        {
            return false;
        }
        for (
            int record = _segments.Count * RecordsPerSegment - 1;
            record >= (_segments.Count - 1) * RecordsPerSegment;
            record--
        )
            _free.Push(record);
        return true;
    }

    private void Map(long offset)
    {
        var map = MemoryMappedFile.CreateFromFile(
            _stream,
            mapName: null,
            capacity: 0,
            MemoryMappedFileAccess.ReadWrite,
            HandleInheritability.None,
            leaveOpen: true
        );
        MemoryMappedViewAccessor view = map.CreateViewAccessor(offset, SegmentBytes);
        byte* pointer = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
        _segments.Add(new Segment(map, view, (nint)(pointer + view.PointerOffset)));
    }

    private sealed record Segment(MemoryMappedFile Map, MemoryMappedViewAccessor View, nint Address)
    {
        public byte* Start => (byte*)Address;
    }
}
