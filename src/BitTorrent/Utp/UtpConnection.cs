using System.Buffers;
using System.Security.Cryptography;

namespace Distribution.BitTorrent.Utp;

/// <summary>
/// One connection of uTP (BEP 29), as a value that is told what comes and what time it is, and says what is to leave. Knows no socket and no clock;
/// for one thread at a time. Times are microseconds of a clock that never goes back.
/// </summary>
/// <remarks>
/// After each call that may have changed something: <see cref="Collect"/> what is to leave, hand it to the network, and say by
/// <see cref="Commit"/> how many packets it took. Call <see cref="CheckTimes"/> at <see cref="NextCheckAt"/>.
/// </remarks>
public sealed partial class UtpConnection
{
    private const long LingerMicroseconds = 15_000_000;
    private const long MostLingerMicroseconds = 60_000_000;

    private readonly UtpLimits _limits;
    private readonly SendQueue _sends;
    private readonly ReceiveQueue _receives;
    private readonly LedbatWindow _window;
    private readonly DelayHistory _delays = new();
    private readonly RoundTripTime _roundTrip = new();
    private readonly List<SentPacket?> _collected = [];
    private readonly byte[] _state = new byte[UtpHeader.LengthBytes + 2 + UtpHeader.MaxSelectiveBytes];
    private readonly ushort _sendId;
    private uint _difference;
    private uint _theirWindow;
    private ushort _recovery; // losses up to this packet were answered for already
    private long _timeoutAt = long.MaxValue;
    private long _lastSaidAt;
    private long _closedAt;
    private long _lingersUntil;
    private int _repeats;
    private int _failures; // time-outs one after the other
    private bool _accepted; // the other side asked
    private bool _connected;
    private bool _stateDue;
    private bool _finished; // our end is in the queue
    private bool _wasFull;
    private bool _heard; // something, since the last time-out
    private int _acknowledgedBytes;
    private long _now;

    private UtpConnection(UtpLimits limits, ushort receiveId, ushort sendId, ushort sequence, long now)
    {
        _limits = limits;
        ReceiveId = receiveId;
        _sendId = sendId;
        _sends = new SendQueue(sequence);
        _receives = new ReceiveQueue(limits.ReceiveWindowBytes);
        _window = new LedbatWindow(limits.PacketBytes, limits.MaxWindowBytes);
        _theirWindow = (uint)limits.PacketBytes;
        _recovery = (ushort)(sequence - 1);
        _lastSaidAt = now;
    }

    /// <summary>By it packets of the other side name this connection.</summary>
    public ushort ReceiveId { get; }

    /// <summary>None: it lives. Else nothing is sent or received any more.</summary>
    public UtpEnd End { get; private set; }

    /// <summary>Bytes can be written from now on: the other side has shown that it hears us.</summary>
    public bool IsConnected => _connected && End == UtpEnd.None;

    public int ReadableBytes => _receives.ReadableBytes;

    /// <summary>The other side sends no more, and all that it sent was read.</summary>
    public bool HasEnded => _receives.HasEnded;

    /// <summary>Bytes that were accepted and have not left yet.</summary>
    public int UnsentBytes => _sends.UnsentBytes;

    /// <summary>What is sent and not acknowledged, with headers, in bytes.</summary>
    public int BytesUnderWay => _sends.BytesUnderWay;

    /// <summary>How many bytes may be under way now: what the way bears, and what the other side takes.</summary>
    public int WindowBytes => (int)Math.Min((uint)_window.Bytes, _theirWindow);

    /// <summary>What our packets wait in queues on the way.</summary>
    public uint QueueingMicroseconds => _delays.QueueingMicroseconds;

    public long NextCheckAt
    {
        get
        {
            long next = Math.Min(_timeoutAt, _lastSaidAt + (long)_limits.KeepAlive.TotalMicroseconds);
            next = _closedAt == 0 ? next : Math.Min(next, _lingersUntil);
            return End == UtpEnd.None ? next : long.MaxValue;
        }
    }

    private int Room => WindowBytes - _sends.BytesUnderWay;

    private bool IsShut => _theirWindow < _limits.PacketBytes;

    /// <summary>Answers a <see cref="UtpPacketType.Syn"/>.</summary>
    public static UtpConnection Accept(in UtpHeader syn, UtpLimits limits, long now)
    {
        var sequence = (ushort)RandomNumberGenerator.GetInt32(1 << 16);
        var connection = new UtpConnection(limits, (ushort)(syn.ConnectionId + 1), syn.ConnectionId, sequence, now);
        connection._receives.Begin(syn.Sequence);
        connection.Hear(syn, now);
        connection._accepted = true;
        connection._stateDue = true;
        return connection;
    }

    /// <summary>Asks for a connection.</summary>
    /// <param name="receiveId">No other connection with the same address may have it, or the one above it.</param>
    public static UtpConnection Connect(ushort receiveId, UtpLimits limits, long now)
    {
        var connection = new UtpConnection(limits, receiveId, (ushort)(receiveId + 1), sequence: 1, now);
        connection.AddPacket(UtpPacketType.Syn, 0);
        return connection;
    }

    /// <summary>Takes a packet in that names this connection. What makes no sense is passed over.</summary>
    public void Receive(in UtpHeader header, ReadOnlySpan<byte> selective, ReadOnlySpan<byte> payload, long now)
    {
        if (End != UtpEnd.None)
            return;
        if (header.Type == UtpPacketType.Syn)
        {
            // Our answer was lost.
            _stateDue |= _accepted && !_connected;
            return;
        }
        // A number that answers nothing we sent is of another connection, or of somebody who guesses. A reset may answer a mere state.
        bool isReset = header.Type == UtpPacketType.Reset;
        if (!_sends.Covers(header.Acknowledged, more: isReset ? 1 : 0))
            return;
        if (isReset)
        {
            EndWith(UtpEnd.Reset);
            return;
        }
        if (!_connected && !_accepted)
        {
            if (header.Type != UtpPacketType.State || header.Acknowledged != _sends.Oldest)
                return;
            _receives.Begin((ushort)(header.Sequence - 1));
            // The other side waits for a first packet, and there may be nothing to say.
            _stateDue = true;
        }
        _connected = true;
        bool wasShut = IsShut;
        Hear(header, now);
        TakeAnswer(header, selective, payload.IsEmpty, now);
        if (wasShut && !IsShut)
            Reopen(now);
        if (header.Type is UtpPacketType.Data or UtpPacketType.Fin)
        {
            _receives.Add(header.Sequence, payload, header.Type == UtpPacketType.Fin);
            _stateDue = true;
        }
        EndIfDone();
    }

    /// <summary>Reads what came in order. 0: nothing is there, or the end if <see cref="HasEnded"/>.</summary>
    public int Read(Span<byte> buffer)
    {
        bool wasShut = _receives.WindowBytes < _limits.PacketBytes;
        int count = _receives.Read(buffer);
        // The other side waits to hear of the room.
        _stateDue |= wasShut && count > 0;
        return count;
    }

    /// <summary>So many bytes of <paramref name="offered"/> would be taken now.</summary>
    public int Writable(long offered)
    {
        if (!IsConnected || _finished)
            return 0;
        int payload = _limits.PacketBytes - UtpHeader.LengthBytes;
        int room = Room - _sends.WaitingBytes;
        int packets = Math.Min(room / _limits.PacketBytes, SendQueue.MostPackets - 1 - _sends.Count);
        // One alone may always go, else a window below a packet would stand still.
        if (packets <= 0 && _sends.Count == 0)
            packets = 1;
        return (int)Math.Min(offered, (long)Math.Max(0, packets) * payload);
    }

    /// <summary>Takes bytes of the stream, as far as the window lets them leave.</summary>
    /// <returns>Bytes taken: they are in packets, and cannot be taken back.</returns>
    public int Write(ReadOnlySpan<byte> bytes)
    {
        int most = Writable(bytes.Length);
        _wasFull |= most < bytes.Length;
        int payload = _limits.PacketBytes - UtpHeader.LengthBytes;
        for (int at = 0; at < most; at += payload)
        {
            int count = Math.Min(payload, most - at);
            bytes.Slice(at, count).CopyTo(Append(count).Span);
        }
        return most;
    }

    /// <summary>Takes one packet's bytes of the stream, which the caller writes where it is told, before it calls anything else.</summary>
    /// <param name="lengthBytes">At most a packet's less 20, and within what <see cref="Writable"/> answered.</param>
    public Memory<byte> Append(int lengthBytes) => AddPacket(UtpPacketType.Data, lengthBytes);

    /// <summary>Sends no more; what was taken still goes. The connection ends when the other side has all, or after 15 seconds in which it got nothing more, or 60 in all.</summary>
    public void Close(long now)
    {
        if (_closedAt != 0 || End != UtpEnd.None)
            return;
        _closedAt = Math.Max(1, now);
        _lingersUntil = now + LingerMicroseconds;
        if (_connected)
        {
            AddPacket(UtpPacketType.Fin, 0);
            _finished = true;
        }
        else
            EndWith(UtpEnd.Closed);
    }

    /// <summary>Gives the memory back; nothing may be called after it.</summary>
    public void Free()
    {
        EndWith(End == UtpEnd.None ? UtpEnd.Closed : End);
        _receives.Free();
    }

    /// <summary>Lists what is to leave now, in its order. The memory stays as it is until the next call of any member.</summary>
    /// <param name="packets">Are added to.</param>
    public void Collect(List<ReadOnlyMemory<byte>> packets, int most, long now)
    {
        _collected.Clear();
        if (End != UtpEnd.None)
            return;
        _now = now;
        int room = Room;
        int waiting = _sends.WaitingBytes;
        for (ushort sequence = _sends.Oldest; waiting > 0 && _collected.Count < most; sequence++)
        {
            SentPacket packet = _sends[sequence];
            if (packet.IsAcknowledged || packet.IsUnderWay)
                continue;
            // With nothing under way one goes in any case: it is also the probe of a window that is shut.
            bool alone = _sends.BytesUnderWay == 0 && _collected.Count == 0;
            if (packet.LengthBytes > room && !alone)
            {
                _wasFull = true;
                break;
            }
            room -= packet.LengthBytes;
            waiting -= packet.LengthBytes;
            Header(
                    (UtpPacketType)(packet.Bytes[0] >> 4),
                    sequence,
                    packet.Bytes[0] >> 4 == (int)UtpPacketType.Syn ? ReceiveId : _sendId
                )
                .Write(packet.Bytes);
            packets.Add(packet.Bytes.AsMemory(0, packet.LengthBytes));
            _collected.Add(packet);
        }
        bool says = _stateDue && (_collected.Count == 0 || _receives.HasEarly);
        if (says && _collected.Count < most)
        {
            Span<byte> bits = stackalloc byte[UtpHeader.MaxSelectiveBytes];
            int length = _receives.HasEarly ? _receives.WriteSelective(bits) : 0;
            int written = Header(UtpPacketType.State, _sends.Next, _sendId).Write(_state, bits[..length]);
            packets.Add(_state.AsMemory(0, written));
            _collected.Add(null);
        }
    }

    /// <summary>The network took the first packets of those that were collected last.</summary>
    /// <returns>Bytes of the stream that have left for the first time.</returns>
    public int Commit(int count, long now)
    {
        int first = 0;
        for (int i = 0; i < count; i++)
        {
            _lastSaidAt = now;
            // Each packet tells what has come, but only one of its own what has come early.
            _stateDue &= _collected[i] is not null && _receives.HasEarly;
            if (_collected[i] is not { } packet)
                continue;
            first += _sends.Left(packet, now);
            if (_timeoutAt == long.MaxValue)
                _timeoutAt = now + _roundTrip.TimeoutMicroseconds;
        }
        _collected.Clear();
        EndIfDone();
        return first;
    }

    /// <summary>Looks at what time has done.</summary>
    public void CheckTimes(long now)
    {
        if (End != UtpEnd.None)
            return;
        if (_closedAt != 0 && now >= _lingersUntil)
            EndWith(UtpEnd.Closed);
        else if (now >= _timeoutAt && _sends.Count > 0)
            TimeOut(now);
        else if (now - _lastSaidAt >= (long)_limits.KeepAlive.TotalMicroseconds)
        {
            _lastSaidAt = now;
            _stateDue = true;
        }
    }

    private Memory<byte> AddPacket(UtpPacketType type, int payloadBytes)
    {
        byte[] bytes = ArrayPool<byte>.Shared.Rent(_limits.PacketBytes);
        bytes[0] = (byte)((int)type << 4);
        _sends.Add(bytes, UtpHeader.LengthBytes + payloadBytes);
        return bytes.AsMemory(UtpHeader.LengthBytes, payloadBytes);
    }

    private UtpHeader Header(UtpPacketType type, ushort sequence, ushort id) =>
        new(type, id, (uint)_now, _difference, (uint)_receives.WindowBytes, sequence, _receives.Acknowledged);

    private void EndIfDone()
    {
        if (_finished && _sends.Count == 0 && _receives.IsWhole && !_stateDue)
            EndWith(UtpEnd.Closed);
    }

    private void EndWith(UtpEnd end)
    {
        End = end;
        _sends.Free();
        _timeoutAt = long.MaxValue;
    }
}
