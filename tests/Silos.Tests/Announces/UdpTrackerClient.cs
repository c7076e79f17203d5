using System.Net;
using System.Net.Sockets;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Trackers;
using Distribution.Silos.Tests.Ledgers;

namespace Distribution.Silos.Tests.Announces;

/// <summary>Announces over UDP as a client does (BEP 15).</summary>
internal sealed class UdpTrackerClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private ulong _connection;
    private uint _transaction;

    public UdpTrackerClient(IPEndPoint tracker) => _socket.Connect(tracker);

    private delegate int Writer(Span<byte> destination);

    public void Dispose() => _socket.Dispose();

    public async Task ConnectAsync()
    {
        byte[] packet = await CallAsync(new UdpConnectRequest(++_transaction).Write);
        Assert.True(UdpConnectReply.TryParse(packet, out UdpConnectReply reply));
        _connection = reply.ConnectionId;
    }

    public async Task<UdpAnnounceReply> AnnounceAsync(InfoHash file, string peer, ushort port, long left)
    {
        byte[] packet = await CallAsync(NewAnnounce(file, peer, port, left).Write);
        Assert.True(UdpAnnounceReply.TryParse(packet, isIPv6: false, out UdpAnnounceReply? reply));
        Assert.Equal(_transaction, reply!.TransactionId);
        return reply;
    }

    /// <summary>Waits for no answer.</summary>
    public Task SendAnnounceAsync(InfoHash file, string peer, ushort port, long left) =>
        SendAsync(NewAnnounce(file, peer, port, left).Write);

    public async Task<IReadOnlyList<UdpScrapeCounts>> ScrapeAsync(params InfoHash[] files)
    {
        byte[] packet = await CallAsync(new UdpScrapeRequest(_connection, ++_transaction, files).Write);
        Assert.True(UdpScrapeReply.TryParse(packet, out UdpScrapeReply? reply));
        return reply!.Swarms;
    }

    private UdpAnnounceRequest NewAnnounce(InfoHash file, string peer, ushort port, long left) =>
        new(_connection, ++_transaction, file, LedgerHarness.Peer(peer), 0, left, 0, TrackerEvent.None, 0, null, port);

    private async Task SendAsync(Writer write)
    {
        var packet = new byte[2048];
        int length = write(packet);
        await _socket.SendAsync(packet.AsMemory(0, length), SocketFlags.None);
    }

    private async Task<byte[]> CallAsync(Writer write)
    {
        await SendAsync(write);
        var packet = new byte[2048];
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        return packet[..await _socket.ReceiveAsync(packet, SocketFlags.None, limit.Token)];
    }
}
