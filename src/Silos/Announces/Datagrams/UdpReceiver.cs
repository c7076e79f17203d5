using System.Net;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Trackers;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Announces.Limits;
using Distribution.Silos.Swarms;
using Distribution.Silos.Swarms.Tables;
using Distribution.Silos.Telemetry;
using Microsoft.Extensions.Logging;

namespace Distribution.Silos.Announces.Datagrams;

/// <summary>
/// The UDP tracker on Linux. One thread takes up to 64 packets a system call, answers at once what it can, and sends all those answers in one
/// system call. Announces that must be booked first, and those of shards on other silos, go there in batches; who completes a batch sends
/// its replies. An announce allocates nothing.
/// </summary>
internal sealed partial class UdpReceiver(
    DatagramSocket socket,
    IAnnounceHandler handler,
    UdpTracker tracker,
    UdpConnectionIds connectionIds,
    RequestLimits limits,
    SiloMetrics metrics,
    TimeProvider clock,
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
    private readonly byte[] _replies = GC.AllocateArray<byte>(
        UdpBatch.Capacity * UdpTracker.MaxReplyBytes,
        pinned: true
    );

    /// <summary>The batch's announces, and which packets they came in.</summary>
    private readonly PackedAnnounce[] _announces = new PackedAnnounce[UdpBatch.Capacity];
    private readonly int[] _announcers = new int[UdpBatch.Capacity];
    private readonly uint[] _transactions = new uint[UdpBatch.Capacity];
    private readonly UdpBookings _bookings = new(socket, handler, clock, logger);
    private readonly UdpForwards _forwards = new(socket, handler, logger);
    private readonly AnnounceTally _tally = new();
    private int _ready;
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
        int received = UdpBatch.Capacity;
        while (!_isStopping)
        {
            // What the last call changed.
            for (int i = 0; i < received; i++)
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
            received = socket.Receive(Pinned.Address(_messages), UdpBatch.Capacity);
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
        long now = limits.Now;
        _ready = 0;
        int announces = 0;
        for (int i = 0; i < received; i++)
            Ready(i, Read(i, keys, now, ref announces));
        handler.LookAhead(_announces.AsSpan(0, announces));
        DateTimeOffset time = clock.GetUtcNow();
        for (int i = 0; i < announces; i++)
            Ready(_announcers[i], Announce(_announcers[i], _transactions[i], ref _announces[i], time));
        if (_ready > 0)
            socket.Send(Pinned.Address(_answers), _ready);
        metrics.CountAnnounces(UdpTracker.Transport, _tally);
        _bookings.Start();
        _forwards.Start();
    }

    /// <summary>This packet's answer lies in its reply's place.</summary>
    /// <param name="answerBytes">0: there is none, or not yet.</param>
    private unsafe void Ready(int index, int answerBytes)
    {
        if (answerBytes == 0)
            return;
        _regions[index] = new MemoryRegion { Start = ReplyAt(index), Bytes = (nuint)answerBytes };
        _answers[_ready++] = _messages[index];
    }

    /// <summary>
    /// Reads one packet; an announce waits, until all are read. Answers how many bytes are to be sent back at once, from its reply's place.
    /// </summary>
    private unsafe int Read(int index, UdpConnectionKeys keys, long now, ref int announces)
    {
        ReadOnlySpan<byte> packet = Packet(index);
        var reply = new Span<byte>(ReplyAt(index), UdpTracker.MaxReplyBytes);
        ReadOnlySpan<byte> name = Name(index);
        // What comes without sender is no packet: the socket was shut down.
        if (!SocketNames.TryGetAddress(name, socket.IsIPv6, out ReadOnlySpan<byte> address))
            return 0;
        if (!UdpRequestHeader.TryParse(packet, out UdpRequestHeader header))
            return 0;
        if (UdpConnectRequest.TryParse(packet, out UdpConnectRequest connect))
        {
            return limits.TakeConnect(address, now)
                ? new UdpConnectReply(connect.TransactionId, keys.Issue(address)).Write(reply)
                : 0;
        }
        if (!keys.IsValid(header.ConnectionId, address))
            return 0;
        if (header.Action != UdpTrackerAction.Announce)
        {
            TakeOther(packet, SocketNames.EndPointOf(name, address));
            return 0;
        }
        if (limits.Take(address, RequestCost.Announce, RequestTransport.Udp, now) != 0)
            return 0;
        if (!UdpAnnounceRequest.TryParse(packet, out UdpAnnounceRequest request))
            return new UdpErrorReply(header.TransactionId, "invalid announce").Write(reply);
        _announcers[announces] = index;
        _transactions[announces] = header.TransactionId;
        _announces[announces++] = new PackedAnnounce
        {
            InfoHash = request.InfoHash,
            PeerId = request.PeerId,
            Endpoint = new WireEndpoint(address, request.Port),
            Event = (AnnounceEvent)request.Event,
            DownloadedBytes = request.DownloadedBytes,
            NumWant = (ushort)Swarm.ClampNumWant(request.NumWant),
            LeftBytes = request.LeftBytes,
            UploadedBytes = request.UploadedBytes,
        };
        return 0;
    }

    private unsafe int Announce(int index, uint transactionId, ref PackedAnnounce announce, DateTimeOffset time)
    {
        var reply = new Span<byte>(ReplyAt(index), UdpTracker.MaxReplyBytes);
        Span<byte> place = reply[UdpReplyHeader.LengthBytes..];
        int shard = 0;
        AnnounceOutcome? outcome = handler.TryAnnounce(announce, time, place, out int replyBytes);
        if (outcome is null)
        {
            if (!handler.TryFind(announce.InfoHash, out InfoHash swarm, out shard))
                outcome = AnnounceOutcome.Unregistered;
            else if (announce.InfoHash != swarm)
            {
                announce.InfoHash = swarm;
                outcome = handler.TryAnnounce(announce, time, place, out replyBytes);
            }
        }
        switch (outcome)
        {
            case AnnounceOutcome.Answered:
                _tally.Count(announce.Event, refused: false);
                new UdpReplyHeader(UdpTrackerAction.Announce, transactionId).Write(reply);
                return UdpReplyHeader.LengthBytes + replyBytes;
            case AnnounceOutcome.Deferred:
                _bookings.Add(announce, transactionId, Name(index));
                return 0;
            case { } refused:
                _tally.Count(announce.Event, refused: true);
                return new UdpErrorReply(transactionId, refused.FailureReason()!).Write(reply);
            case null:
                _forwards.Add(shard, announce, transactionId, Name(index));
                return 0;
        }
    }

    private void TakeOther(ReadOnlySpan<byte> packet, IPEndPoint client)
    {
        if (Interlocked.Increment(ref _scrapes) <= MaxScrapesInFlight)
            _ = AnswerOtherAsync(packet.ToArray(), client);
        else
            Interlocked.Decrement(ref _scrapes);
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
#pragma warning disable CA1031 // nobody awaits this: what went wrong must be told
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

    private unsafe ReadOnlySpan<byte> Packet(int index) =>
        new(PacketAt(index), (int)Math.Min(_messages[index].Bytes, PacketBytes));

    private unsafe ReadOnlySpan<byte> Name(int index) =>
        new(NameAt(index), (int)Math.Min(_messages[index].NameBytes, SocketNames.Bytes));

    private unsafe byte* PacketAt(int index) => Pinned.Address(_packets) + index * PacketBytes;

    private unsafe byte* ReplyAt(int index) => Pinned.Address(_replies) + index * UdpTracker.MaxReplyBytes;

    private unsafe byte* NameAt(int index) => Pinned.Address(_names) + index * SocketNames.Bytes;

    [LoggerMessage(Level = LogLevel.Warning, Message = "UDP packets could not be answered.")]
    private partial void LogFailed(Exception fault);
}
