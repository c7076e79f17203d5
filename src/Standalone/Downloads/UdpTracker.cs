using System.Net;
using System.Net.Sockets;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Trackers;
using Distribution.Standalone.Client;

namespace Distribution.Standalone.Downloads;

/// <summary>A tracker over UDP (BEP 15): asks again after 3, 6 and 12 seconds.</summary>
internal sealed class UdpTracker(Uri url, InfoHash infoHash, PeerId peerId, int port, TimeProvider clock) : ITracker
{
    private const int Attempts = 3;
    private const int MaxPacketBytes = 4096;

    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(3);

    private readonly uint _key = (uint)Random.Shared.Next();

    public string Name => $"udp://{url.Authority}";

    public async Task<Answer<TrackerAnswer>> AnnounceAsync(
        TrackerEvent what,
        TrackerFigures figures,
        CancellationToken stop
    )
    {
        try
        {
            IPAddress[] addresses = await Dns.GetHostAddressesAsync(url.IdnHost, stop);
            if (addresses.Length == 0)
                return new Failure($"{Name} has no address.", IsTransient: true);
            using var socket = new Socket(addresses[0].AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            await socket.ConnectAsync(new IPEndPoint(addresses[0], url.Port), stop);
            return await TalkAsync(socket, what, figures, stop);
        }
        catch (SocketException fault)
        {
            return new Failure($"{Name}: {fault.Message}", IsTransient: true);
        }
    }

    public void Dispose() { }

    private async Task<Answer<TrackerAnswer>> TalkAsync(
        Socket socket,
        TrackerEvent what,
        TrackerFigures figures,
        CancellationToken stop
    )
    {
        var packet = new byte[UdpAnnounceRequest.LengthBytes];
        var connect = new UdpConnectRequest((uint)Random.Shared.Next());
        int length = connect.Write(packet);
        Answer<byte[]> asked = await AskAsync(socket, packet.AsMemory(0, length), connect.TransactionId, stop);
        if (!asked.TryGet(out byte[]? answer, out Failure? failure))
            return failure;
        if (!UdpConnectReply.TryParse(answer, out UdpConnectReply connected))
            return Unreadable(answer);

        var announce = new UdpAnnounceRequest(
            connected.ConnectionId,
            (uint)Random.Shared.Next(),
            infoHash,
            peerId,
            figures.DownloadedBytes,
            figures.LeftBytes,
            figures.UploadedBytes,
            what,
            _key,
            NumWant: 80,
            (ushort)port
        );
        length = announce.Write(packet);
        asked = await AskAsync(socket, packet.AsMemory(0, length), announce.TransactionId, stop);
        if (!asked.TryGet(out answer, out failure))
            return failure;
        bool isIPv6 = socket.AddressFamily == AddressFamily.InterNetworkV6;
        if (!UdpAnnounceReply.TryParse(answer, isIPv6, out UdpAnnounceReply? reply))
            return Unreadable(answer);
        return new TrackerAnswer(
            TimeSpan.FromSeconds(Math.Max(0, reply!.IntervalSeconds)),
            [.. reply.Peers.Select(static peer => peer.Endpoint)]
        );
    }

    private async Task<Answer<byte[]>> AskAsync(
        Socket socket,
        ReadOnlyMemory<byte> packet,
        uint transactionId,
        CancellationToken stop
    )
    {
        var buffer = new byte[MaxPacketBytes];
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            await socket.SendAsync(packet, SocketFlags.None, stop);
            using var wait = new CancellationTokenSource(FirstWait * (1 << attempt), clock);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(stop, wait.Token);
            try
            {
                while (true)
                {
                    int length = await socket.ReceiveAsync(buffer, SocketFlags.None, both.Token);
                    if (
                        UdpReplyHeader.TryParse(buffer.AsSpan(0, length), out UdpReplyHeader header)
                        && header.TransactionId == transactionId
                    )
                        return buffer[..length];
                }
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested) { }
        }
        return new Failure($"{Name} does not answer.", IsTransient: true);
    }

    private Failure Unreadable(byte[] answer) =>
        UdpErrorReply.TryParse(answer, out UdpErrorReply? error)
            ? new Failure($"{Name} refuses: {error!.Message}")
            : new Failure($"{Name} answered something that is no tracker's reply.", IsTransient: true);
}
