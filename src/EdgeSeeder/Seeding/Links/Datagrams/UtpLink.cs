using System.Net;
using System.Net.Sockets;
using Distribution.BitTorrent.Utp;
using Distribution.EdgeSeeder.Seeding.Loops;

namespace Distribution.EdgeSeeder.Seeding.Links.Datagrams;

/// <summary>
/// A connection over uTP (BEP 29). Bytes are copied into packets as the window lets them leave; those are counted as sent that the system took for
/// the first time. Its lane's thread alone.
/// </summary>
internal sealed class UtpLink : PeerLink
{
    /// <summary>Told to its connection only with so much room, so that acknowledgements do not each lead to a packet.</summary>
    private const int WorthwhileBytes = 16 * 1024;

    private const int MostPacketsAtOnce = 256;

    [ThreadStatic]
    private static byte[]? _copy;

    private readonly UtpLane _lane;
    private readonly UtpConnection _connection;
    private readonly byte[] _address;
    private IWatched? _owner;
    private int _unreported; // taken from the connection, and not told to it as accepted
    private int _left; // of those, what the system has taken
    private long _ownBytes;
    private bool _isEndTold;

    /// <param name="address">The peer's, as the system writes it.</param>
    public UtpLink(UtpLane lane, UtpConnection connection, IPEndPoint remote, byte[] address, long openedAt)
    {
        _lane = lane;
        _connection = connection;
        _address = address;
        Remote = remote;
        OpenedAt = openedAt;
    }

    public IPEndPoint Remote { get; }

    public UtpKey Key => new(Remote, _connection.ReceiveId);

    public UtpLane Lane => _lane;

    /// <summary>A timestamp.</summary>
    public long OpenedAt { get; }

    /// <summary>It waits in its lane to be looked at.</summary>
    public bool IsTouched { get; set; }

    /// <summary>The peer has shown that it hears us, and nobody has taken the connection yet.</summary>
    public bool IsReady => _owner is null && !IsClosing && _connection.IsConnected;

    /// <summary>It counts among those that were asked for and not confirmed.</summary>
    public bool IsUnconfirmed { get; set; } = true;

    /// <summary>Nobody has taken it.</summary>
    public bool IsPending => _owner is null && !IsClosing;

    /// <summary>Ours is over; what is under way may still have to arrive.</summary>
    public bool IsClosing { get; private set; }

    public bool IsOver => _connection.End != UtpEnd.None && (IsClosing || IsPending);

    public override Socket? Watched => null;

    public override int CommittedBytes => _unreported;

    public override long OwnBytes => _ownBytes;

    public override void Begin(IWatched owner) => _owner = owner;

    public override int Receive(Span<byte> buffer, out SocketError fault)
    {
        int count = _connection.Read(buffer);
        fault = SocketError.Success;
        if (count > 0)
            // The other side may wait to hear that there is room again.
            _lane.Touch(this);
        else if (_connection.End != UtpEnd.None && !_connection.HasEnded)
            fault = SocketError.ConnectionReset;
        else if (!_connection.HasEnded)
            fault = SocketError.WouldBlock;
        return count;
    }

    public override long Send(ReadOnlySpan<SendPlace> places, out SocketError fault)
    {
        fault = SocketError.Success;
        if (_connection.End != UtpEnd.None)
        {
            fault = SocketError.ConnectionReset;
            return 0;
        }
        long offered = SendPlace.Sum(places);
        _copy ??= GC.AllocateUninitializedArray<byte>(SafeCopy.MaxBytes);
        while (_unreported < offered)
        {
            int room = Math.Min(_connection.Writable(offered - _unreported), _copy.Length);
            if (room == 0)
                break;
            int copied = SafeCopy.Copy(places, _unreported, _copy.AsSpan(0, room));
            if (copied == 0)
            {
                if (_unreported == 0)
                    fault = SocketError.Fault;
                break;
            }
            _unreported += _connection.Write(_copy.AsSpan(0, copied));
            Transmit();
        }
        long accepted = _left;
        _unreported -= _left;
        _left = 0;
        if (accepted == 0 && fault == SocketError.Success)
            fault = SocketError.WouldBlock;
        return accepted;
    }

    public override void Dispose()
    {
        if (IsClosing)
            return;
        IsClosing = true;
        _connection.Close(_lane.Now);
        Transmit();
        _lane.Touch(this);
    }

    /// <summary>Takes a packet in.</summary>
    public void Take(in UtpHeader header, ReadOnlySpan<byte> selective, ReadOnlySpan<byte> payload) =>
        _connection.Receive(header, selective, payload, _lane.Now);

    /// <summary>Says what is to be said, and tells its connection what has changed.</summary>
    public void Progress()
    {
        if (IsClosing)
            Discard();
        if (_owner is { } owner && !IsClosing)
        {
            bool isOver = _connection.End != UtpEnd.None || _connection.HasEnded;
            bool canRead = _connection.ReadableBytes > 0 || (isOver && !_isEndTold);
            _isEndTold = isOver;
            if (canRead || _left > 0 || HasRoom())
                owner.Happened(canRead, canWrite: _left > 0 || HasRoom(), hasEnded: isOver);
        }
        int before = _left;
        Transmit();
        // What has just left is counted soon, and not with the next answer.
        if (_left > before)
            _lane.Touch(this);
    }

    /// <summary>Looks at what time has done.</summary>
    public void CheckTimes()
    {
        if (_connection.NextCheckAt <= _lane.Now)
            _connection.CheckTimes(_lane.Now);
    }

    /// <summary>Gives its memory back.</summary>
    public void Free() => _connection.Free();

    /// <summary>Its connection was not taken: the other side hears of it.</summary>
    public void Refuse()
    {
        IsClosing = true;
        _connection.Close(_lane.Now);
        Transmit();
    }

    private bool HasRoom() =>
        _connection.Writable(WorthwhileBytes) >= Math.Clamp(_connection.WindowBytes / 4, 1, WorthwhileBytes);

    private void Discard()
    {
        Span<byte> rest = stackalloc byte[4096];
        while (_connection.Read(rest) > 0) { }
    }

    private void Transmit()
    {
        List<ReadOnlyMemory<byte>> packets = _lane.Packets;
        while (true)
        {
            packets.Clear();
            _connection.Collect(packets, MostPacketsAtOnce, _lane.Now);
            if (packets.Count == 0)
                return;
            int taken = _lane.Send(_address, packets);
            long bytes = 0;
            for (int i = 0; i < taken; i++)
                bytes += packets[i].Length;
            int first = _connection.Commit(taken, _lane.Now);
            _left += first;
            _ownBytes += bytes - first;
            if (taken < packets.Count)
            {
                _lane.Block(this);
                return;
            }
        }
    }
}
