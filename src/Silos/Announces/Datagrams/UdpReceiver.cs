using System.Net;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Trackers;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Swarms;
using Distribution.Silos.Swarms.Tables;
using Microsoft.Extensions.Logging;

namespace Distribution.Silos.Announces.Datagrams;

/// <summary>
/// The UDP tracker on Linux. One thread takes up to 64 packets a system call, answers connects, and hands announces to their shards, one
/// batch each; who completes a batch sends its replies, all in one system call. An announce allocates nothing.
/// </summary>
internal sealed partial class UdpReceiver(
    DatagramSocket socket,
    IAnnounceHandler handler,
    UdpTracker tracker,
    UdpConnectionIds connectionIds,
    ILogger logger
)
{
    private const int PacketBytes = 2048;
    private const int MaxScrapesInFlight = 64;

    private readonly byte[] _packets = GC.AllocateArray<byte>(UdpBatch.Capacity * PacketBytes, pinned: true);
    private readonly byte[] _names = GC.AllocateArray<byte>(UdpBatch.Capacity * SocketNames.Bytes, pinned: true);
    private readonly MessageHeader[] _messages = GC.AllocateArray<MessageHeader>(UdpBatch.Capacity, pinned: true);
    private readonly MemoryRegion[] _regions = GC.AllocateArray<MemoryRegion>(UdpBatch.Capacity, pinned: true);
    private readonly MessageHeader[] _answers = GC.AllocateArray<MessageHeader>(UdpBatch.Capacity, pinned: true);
    private readonly UdpBatchPool _pool = new();
    private readonly UdpBatch?[] _filling = new UdpBatch?[handler.Shards];
    private int _scrapes;
    private volatile bool _isStopping;
    private Thread? _thread;

    public void Start()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = socket.IsIPv6 ? "udp tracker 6" : "udp tracker 4" };
        _thread.Start();
    }

    /// <summary>Returns once nothing is received any more.</summary>
    public void Stop()
    {
        _isStopping = true;
        socket.Stop();
        _thread?.Join();
    }

    private unsafe void Run()
    {
        while (!_isStopping)
        {
            for (int i = 0; i < UdpBatch.Capacity; i++)
            {
                _regions[i] = new MemoryRegion { Start = PacketAt(i), Bytes = PacketBytes };
                _messages[i] = new MessageHeader
                {
                    Name = NameAt(i),
                    NameBytes = SocketNames.Bytes,
                    Regions = Pinned.Address(_regions) + i,
                    RegionCount = 1,
                };
            }
            int received = socket.Receive(Pinned.Address(_messages), UdpBatch.Capacity);
            try
            {
                if (received > 0)
                    Take(received);
            }
#pragma warning disable CA1031 // a packet that breaks us must not end the tracker
            catch (Exception fault)
#pragma warning restore CA1031
            {
                LogFailed(fault);
            }
        }
    }

    private unsafe void Take(int received)
    {
        UdpConnectionKeys keys = connectionIds.Keys();
        int answers = 0;
        for (int i = 0; i < received; i++)
        {
            int answerBytes = Take(i, keys);
            if (answerBytes == 0)
                continue;
            // It was written over the packet that it answers.
            _regions[i].Bytes = (nuint)answerBytes;
            _answers[answers++] = _messages[i];
        }
        if (answers > 0)
            socket.Send(Pinned.Address(_answers), answers);
        foreach (ref UdpBatch? batch in _filling.AsSpan())
        {
            if (batch is not null)
                _ = AnswerAsync(batch, isDeferred: false);
            batch = null;
        }
    }

    /// <summary>Takes one packet. Answers how many bytes are to be sent back at once, from where the packet was.</summary>
    private unsafe int Take(int index, UdpConnectionKeys keys)
    {
        var place = new Span<byte>(PacketAt(index), PacketBytes);
        ReadOnlySpan<byte> packet = place[..(int)Math.Min(_messages[index].Bytes, PacketBytes)];
        var name = new ReadOnlySpan<byte>(NameAt(index), (int)Math.Min(_messages[index].NameBytes, SocketNames.Bytes));
        // What comes without sender is no packet: the socket was shut down.
        if (!SocketNames.TryGetAddress(name, socket.IsIPv6, out ReadOnlySpan<byte> address))
            return 0;
        if (!UdpRequestHeader.TryParse(packet, out UdpRequestHeader header))
            return 0;
        if (UdpConnectRequest.TryParse(packet, out UdpConnectRequest connect))
            return new UdpConnectReply(connect.TransactionId, keys.Issue(address)).Write(place);
        if (!keys.IsValid(header.ConnectionId, address))
            return 0;
        if (header.Action != UdpTrackerAction.Announce)
        {
            if (Interlocked.Increment(ref _scrapes) <= MaxScrapesInFlight)
                _ = AnswerOtherAsync(packet.ToArray(), SocketNames.EndPointOf(name, address));
            else
                Interlocked.Decrement(ref _scrapes);
            return 0;
        }
        if (!UdpAnnounceRequest.TryParse(packet, out UdpAnnounceRequest request))
            return new UdpErrorReply(header.TransactionId, "invalid announce").Write(place);
        if (!handler.TryFind(request.InfoHash, out InfoHash swarm, out int shard))
            return new UdpErrorReply(
                header.TransactionId,
                AnnounceOutcome.Unregistered.FailureReason()!
            ).Write(place);
        ref UdpBatch? batch = ref _filling[shard];
        batch ??= _pool.TryTake(shard);
        if (batch is null)
            return 0;
        ref PackedAnnounce announce = ref batch.Add(header.TransactionId, name);
        announce.InfoHash = swarm;
        announce.PeerId = request.PeerId;
        announce.Endpoint = new WireEndpoint(address, request.Port);
        announce.Event = (AnnounceEvent)request.Event;
        announce.NothingDownloaded = request.DownloadedBytes == 0;
        announce.NumWant = (ushort)Swarm.ClampNumWant(request.NumWant);
        announce.LeftBytes = request.LeftBytes;
        announce.UploadedBytes = request.UploadedBytes;
        return 0;
    }

    private async Task AnswerAsync(UdpBatch batch, bool isDeferred)
    {
        try
        {
            if (!await handler.AnnounceAsync(batch.Shard, batch.Announces, isDeferred, UdpTracker.Transport).ConfigureAwait(false))
            {
                // The clients ask again.
                _pool.LetGo();
                return;
            }
            int deferred = batch.Send(socket);
            if (deferred > 0 && !isDeferred && _pool.TryTake(batch.Shard) is { } later)
            {
                later.AddDeferred(batch);
                _ = AnswerAsync(later, isDeferred: true);
            }
            _pool.Return(batch);
        }
#pragma warning disable CA1031 // nobody awaits this: what went wrong must be told, and the next batch is another's
        catch (Exception fault)
#pragma warning restore CA1031
        {
            _pool.LetGo();
            LogFailed(fault);
        }
    }

    private async Task AnswerOtherAsync(byte[] packet, IPEndPoint client)
    {
        try
        {
            var reply = new byte[UdpTracker.MaxReplyBytes];
            int length = await tracker.AnswerAsync(packet, client, reply).ConfigureAwait(false);
            if (length > 0)
                socket.Send(reply.AsSpan(0, length), client);
        }
#pragma warning disable CA1031 // as above
        catch (Exception fault)
#pragma warning restore CA1031
        {
            LogFailed(fault);
        }
        finally
        {
            Interlocked.Decrement(ref _scrapes);
        }
    }

    private unsafe byte* PacketAt(int index) => Pinned.Address(_packets) + index * PacketBytes;

    private unsafe byte* NameAt(int index) => Pinned.Address(_names) + index * SocketNames.Bytes;

    [LoggerMessage(Level = LogLevel.Warning, Message = "UDP packets could not be answered.")]
    private partial void LogFailed(Exception fault);
}
