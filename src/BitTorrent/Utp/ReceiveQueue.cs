using System.Buffers;

namespace Distribution.BitTorrent.Utp;

/// <summary>What came of a stream: in order and not read yet, and packets that wait for one before them.</summary>
internal sealed class ReceiveQueue(int windowBytes)
{
    private const int MostEarlyPackets = 256;

    /// <summary>Kept free of early packets: else they could take the room of the one before them, and all would wait for ever.</summary>
    private const int RoomForTheNext = 2048;

    private readonly Dictionary<ushort, byte[]> _early = [];
    private byte[]? _ready;
    private int _readyAt;
    private int _readyCount;
    private int _earlyBytes;
    private ushort? _end;

    /// <summary>The last packet of the other side up to which all has come.</summary>
    public ushort Acknowledged { get; private set; }

    /// <summary>All has been received and read up to the other side's end.</summary>
    public bool HasEnded => _readyCount == 0 && IsWhole;

    /// <summary>All has been received up to the other side's end.</summary>
    public bool IsWhole => _end is { } end && Acknowledged == end;

    public int ReadableBytes => _readyCount;

    public int WindowBytes => Math.Max(0, windowBytes - _readyCount - _earlyBytes);

    public bool HasEarly => _early.Count > 0;

    public void Begin(ushort acknowledged) => Acknowledged = acknowledged;

    /// <summary>Takes a packet in, unless it is here already or there is no room for it.</summary>
    public void Add(ushort sequence, ReadOnlySpan<byte> payload, bool isLast)
    {
        int ahead = (short)(sequence - Acknowledged);
        if (ahead <= 0 || ahead > MostEarlyPackets || (_end is { } end && (short)(sequence - end) > 0))
            return;
        if (payload.Length > WindowBytes - (ahead > 1 ? RoomForTheNext : 0))
            return;
        if (isLast)
            _end ??= sequence;
        if (ahead > 1)
        {
            if (_early.TryAdd(sequence, payload.ToArray()))
                _earlyBytes += payload.Length;
            return;
        }
        Append(payload);
        Acknowledged = sequence;
        while (_early.Remove((ushort)(Acknowledged + 1), out byte[]? next))
        {
            _earlyBytes -= next.Length;
            Append(next);
            Acknowledged++;
        }
    }

    public int Read(Span<byte> buffer)
    {
        int count = Math.Min(buffer.Length, _readyCount);
        if (count == 0)
            return 0;
        _ready.AsSpan(_readyAt, count).CopyTo(buffer);
        _readyAt += count;
        _readyCount -= count;
        if (_readyCount == 0)
            Free();
        return count;
    }

    /// <summary>The bits of BEP 29's selective acknowledgement: the first is of the packet two behind the last that is here with all before.</summary>
    /// <returns>Bytes written, a multiple of four.</returns>
    public int WriteSelective(Span<byte> bits)
    {
        int last = 0;
        bits.Clear();
        foreach (ushort sequence in _early.Keys)
        {
            int bit = (ushort)(sequence - Acknowledged - 2);
            if (bit >= bits.Length * 8)
                continue;
            bits[bit / 8] |= (byte)(1 << bit % 8);
            last = Math.Max(last, bit);
        }
        return (last / 32 + 1) * 4;
    }

    public void Free()
    {
        if (_ready is not null)
            ArrayPool<byte>.Shared.Return(_ready);
        _ready = null;
        _readyAt = _readyCount = 0;
    }

    private void Append(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty)
            return;
        if (_ready is null || _readyAt + _readyCount + payload.Length > _ready.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(2048, 2 * (_readyCount + payload.Length)));
            _ready.AsSpan(_readyAt, _readyCount).CopyTo(larger);
            if (_ready is not null)
                ArrayPool<byte>.Shared.Return(_ready);
            (_ready, _readyAt) = (larger, 0);
        }
        payload.CopyTo(_ready.AsSpan(_readyAt + _readyCount));
        _readyCount += payload.Length;
    }
}
