using System.Net;
using Distribution.BitTorrent.Trackers;
using Distribution.Contracts.Swarms;
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
    private readonly UdpBookings _bookings = new(socket, handler, clock, logger);
    private readonly UdpForwards _forwards = new(socket, handler, logger);
    private readonly AnnounceTally _tally = new();
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
        DateTimeOffset time = clock.GetUtcNow();
        int answers = 0;
        for (int i = 0; i < received; i++)
        {
            int answerBytes = Take(i, keys, time);
            if (answerBytes == 0)
                continue;
            _regions[i] = new MemoryRegion { Start = ReplyAt(i), Bytes = (nuint)answerBytes };
            _answers[answers++] = _messages[i];
        }
        if (answers > 0)
            socket.Send(Pinned.Address(_answers), answers);
        metrics.CountAnnounces(UdpTracker.Transport, _tally);
        _bookings.Start();
        _forwards.Start();
    }

    /// <summary>Takes one packet. Answers how many bytes are to be sent back at once, from its reply's place.</summary>
    private unsafe int Take(int index, UdpConnectionKeys keys, DateTimeOffset time)
    {
        var packet = new ReadOnlySpan<byte>(PacketAt(index), (int)Math.Min(_messages[index].Bytes, PacketBytes));
        var reply = new Span<byte>(ReplyAt(index), UdpTracker.MaxReplyBytes);
        var name = new ReadOnlySpan<byte>(NameAt(index), (int)Math.Min(_messages[index].NameBytes, SocketNames.Bytes));
        // What comes without sender is no packet: the socket was shut down.
        if (!SocketNames.TryGetAddress(name, socket.IsIPv6, out ReadOnlySpan<byte> address))
            return 0;
        if (!UdpRequestHeader.TryParse(packet, out UdpRequestHeader header))
            return 0;
        if (UdpConnectRequest.TryParse(packet, out UdpConnectRequest connect))
            return new UdpConnectReply(connect.TransactionId, keys.Issue(address)).Write(reply);
        if (!keys.IsValid(header.ConnectionId, address))
            return 0;
        if (header.Action != UdpTrackerAction.Announce)
        {
            TakeOther(packet, SocketNames.EndPointOf(name, address));
            return 0;
        }
        if (!UdpAnnounceRequest.TryParse(packet, out UdpAnnounceRequest request))
            return new UdpErrorReply(header.TransactionId, "invalid announce").Write(reply);
        return Announce(request, name, address, time, reply);
    }

    private int Announce(
        in UdpAnnounceRequest request,
        ReadOnlySpan<byte> name,
        ReadOnlySpan<byte> address,
        DateTimeOffset time,
        Span<byte> reply
    )
    {
        var announce = new PackedAnnounce
        {
            InfoHash = request.InfoHash,
            PeerId = request.PeerId,
            Endpoint = new WireEndpoint(address, request.Port),
            Event = (AnnounceEvent)request.Event,
            NothingDownloaded = request.DownloadedBytes == 0,
            NumWant = (ushort)Swarm.ClampNumWant(request.NumWant),
            LeftBytes = request.LeftBytes,
            UploadedBytes = request.UploadedBytes,
        };
        Span<byte> place = reply[UdpReplyHeader.LengthBytes..];
        int shard = 0;
        AnnounceOutcome? outcome = handler.TryAnnounce(announce, time, place, out int replyBytes);
        if (outcome is null)
        {
            if (!handler.TryFind(request.InfoHash, out announce.InfoHash, out shard))
                outcome = AnnounceOutcome.Unregistered;
            else if (announce.InfoHash != request.InfoHash)
                outcome = handler.TryAnnounce(announce, time, place, out replyBytes);
        }
        switch (outcome)
        {
            case AnnounceOutcome.Answered:
                _tally.Count(announce.Event, refused: false);
                new UdpReplyHeader(UdpTrackerAction.Announce, request.TransactionId).Write(reply);
                return UdpReplyHeader.LengthBytes + replyBytes;
            case AnnounceOutcome.Deferred:
                _bookings.Add(announce, request.TransactionId, name);
                return 0;
            case { } refused:
                _tally.Count(announce.Event, refused: true);
                return new UdpErrorReply(request.TransactionId, refused.FailureReason()!).Write(reply);
            case null:
                _forwards.Add(shard, announce, request.TransactionId, name);
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

    private unsafe byte* PacketAt(int index) => Pinned.Address(_packets) + index * PacketBytes;

    private unsafe byte* ReplyAt(int index) => Pinned.Address(_replies) + index * UdpTracker.MaxReplyBytes;

    private unsafe byte* NameAt(int index) => Pinned.Address(_names) + index * SocketNames.Bytes;

    [LoggerMessage(Level = LogLevel.Warning, Message = "UDP packets could not be answered.")]
    private partial void LogFailed(Exception fault);
}
