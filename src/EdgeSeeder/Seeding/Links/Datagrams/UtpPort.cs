using System.Collections.Concurrent;
using Distribution.BitTorrent.Utp;
using Distribution.EdgeSeeder.Seeding.Admission;
using Distribution.EdgeSeeder.Seeding.Loops;

namespace Distribution.EdgeSeeder.Seeding.Links.Datagrams;

/// <summary>
/// uTP on the engine's own port: the first loop reads the socket, and hands each packet to the lane of its connection. A stranger's first packet costs
/// a little memory and one answer no longer than it is; a connection it becomes when an answer to that shows that the address is its own.
/// </summary>
internal sealed class UtpPort : IWatched, IDisposable
{
    /// <summary>Connections that were asked for and not confirmed.</summary>
    private const int MaxPending = 500;

    /// <summary>All, those that linger included: what is under way is in our memory, where TCP's is in the kernel's.</summary>
    private const int MaxConnections = 1500;
    private const int MaxWindowBytes = 256 * 1024;

    /// <summary>Read before others have their turn.</summary>
    private const int MostAtOnce = 256;

    private const int MaxAddressBytes = 28;

    private readonly DatagramSocket _socket;
    private readonly Entrance _entrance;
    private readonly TimeProvider _clock;
    private readonly UtpLane[] _lanes;
    private readonly ConcurrentDictionary<UtpKey, UtpLink> _links = new();
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(DatagramSocket.MaxDatagramBytes);
    private int _pending;
    private int _open;

    public UtpPort(
        DatagramSocket socket,
        Entrance entrance,
        IReadOnlyList<SeedingLoop> loops,
        TimeSpan patience,
        TimeProvider clock
    )
    {
        _socket = socket;
        _entrance = entrance;
        _clock = clock;
        Patience = patience;
        _lanes = [.. loops.Select(loop => new UtpLane(loop, this, clock))];
    }

    /// <summary>How long a connection may wait to be confirmed.</summary>
    public TimeSpan Patience { get; }

    public bool WaitsToRead => true;

    public bool WaitsToWrite { get; private set; }

    private SeedingLoop Reader => _lanes[0].Loop;

    /// <summary>Begins to read.</summary>
    public void Start() => Reader.Post(() => Reader.TryWatch(_socket.Socket, this));

    public void Happened(bool canRead, bool canWrite, bool hasEnded)
    {
        if (canRead)
            ReadSome();
        if (!canWrite || !WaitsToWrite)
            return;
        WaitsToWrite = false;
        foreach (UtpLane lane in _lanes)
            lane.Loop.Run(lane.Unblock);
    }

    /// <summary>Called every tick by any thread.</summary>
    public void Tick()
    {
        foreach (UtpLane lane in _lanes)
            lane.Loop.Post(lane.Tick);
    }

    /// <summary>Any thread.</summary>
    public int Send(ReadOnlySpan<byte> to, List<ReadOnlyMemory<byte>> packets) => _socket.Send(to, packets);

    /// <summary>Any thread.</summary>
    public void WaitForRoom() => Reader.Run(() => WaitsToWrite = true);

    /// <summary>Makes a peer of a connection that is confirmed. False: there is no place for it. Its lane's thread.</summary>
    public bool TryAdmit(UtpLink link)
    {
        link.IsUnconfirmed = false;
        Interlocked.Decrement(ref _pending);
        return _entrance.TryAdmit(link.Lane.Loop, link, link.Remote);
    }

    /// <summary>It is over. Its lane's thread.</summary>
    public void Forget(UtpLink link)
    {
        if (_links.TryRemove(link.Key, out _))
            Interlocked.Decrement(ref _open);
        if (link.IsUnconfirmed)
            Interlocked.Decrement(ref _pending);
    }

    /// <summary>To be called when the loops are over.</summary>
    public void Dispose() => _socket.Dispose();

    private void ReadSome()
    {
        Span<byte> from = stackalloc byte[MaxAddressBytes];
        for (int i = 0; i < MostAtOnce; i++)
        {
            int count = _socket.Receive(_buffer, from, out int fromBytes);
            if (count < 0)
                return;
            Take(_buffer.AsSpan(0, count), from[..fromBytes]);
        }
        // There may be more, of which nothing tells again.
        Reader.Post(ReadSome);
    }

    private void Take(ReadOnlySpan<byte> datagram, ReadOnlySpan<byte> from)
    {
        if (
            !UtpHeader.TryRead(datagram, out UtpHeader header, out ReadOnlySpan<byte> selective, out var payload)
            || DatagramSocket.Read(from) is not { } remote
        )
            return;
        bool isSyn = header.Type == UtpPacketType.Syn;
        var key = new UtpKey(remote, isSyn ? (ushort)(header.ConnectionId + 1) : header.ConnectionId);
        if (!_links.TryGetValue(key, out UtpLink? link))
        {
            if (isSyn)
                Accept(header, key, from);
            return;
        }
        if (link.Lane.Loop == Reader)
        {
            link.Lane.Take(link, header, selective, payload);
            return;
        }
        byte[] selectiveCopy = selective.ToArray();
        byte[] payloadCopy = payload.ToArray();
        link.Lane.Loop.Post(() => link.Lane.Take(link, header, selectiveCopy, payloadCopy));
    }

    private void Accept(in UtpHeader syn, UtpKey key, ReadOnlySpan<byte> from)
    {
        if (Volatile.Read(ref _pending) >= MaxPending || Volatile.Read(ref _open) >= MaxConnections)
            return;
        int index = _entrance.IndexOfLoop(Household.KeyOf(key.Remote.Address));
        UtpLane lane = _lanes[index];
        var limits = new UtpLimits
        {
            MaxWindowBytes = MaxWindowBytes,
            PacketBytes =
                key.Remote.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6
                    ? UtpLimits.IPv6PacketBytes
                    : UtpLimits.IPv4PacketBytes,
        };
        var connection = UtpConnection.Accept(syn, limits, lane.Now);
        var link = new UtpLink(lane, connection, key.Remote, from.ToArray(), _clock.GetTimestamp());
        if (!_links.TryAdd(key, link))
            return;
        Interlocked.Increment(ref _pending);
        Interlocked.Increment(ref _open);
        lane.Loop.Run(() => lane.Add(link));
    }
}
