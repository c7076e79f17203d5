using System.Net;
using System.Net.Sockets;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Trackers;
using Distribution.Silos.Tests.Hosting;
using Distribution.Silos.Tests.Ledgers;

namespace Distribution.Silos.Tests.Announces;

/// <summary>Each of the two ways to receive and send: in batches on Linux, a packet at a time everywhere.</summary>
public abstract class UdpTrackerContract(IUdpSilo silo)
{
    [Fact]
    public async Task Connects_announces_and_scrapes()
    {
        InfoHash file = (await silo.Host.PublishAsync("over-udp")).Content!.InfoHash;
        await silo.Host.Http.AnnounceAsync(file, "http", 1001, SiloHost.Size);
        using Socket socket = Open();
        ulong connection = await ConnectAsync(socket);

        byte[] packet = await CallAsync(socket, Announce(connection, file, 7).Write);

        Assert.True(UdpAnnounceReply.TryParse(packet, isIPv6: false, out UdpAnnounceReply? reply));
        Assert.Equal(7u, reply!.TransactionId);
        Assert.Equal(["127.0.0.1:1001"], reply.Peers.Select(static peer => peer.Endpoint.ToString()));
        Assert.Equal((0, 2), (reply.Seeders, reply.Leechers));

        packet = await CallAsync(socket, new UdpScrapeRequest(connection, 8, [file, default]).Write);
        Assert.True(UdpScrapeReply.TryParse(packet, out UdpScrapeReply? counts));
        Assert.Equal([new UdpScrapeCounts(0, 0, 2), default], counts!.Swarms);
    }

    [Fact]
    public async Task Over_IPv6_viewers_hear_of_IPv6_peers()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "the machine has no IPv6");
        InfoHash file = (await silo.Host.PublishAsync("over-udp-6")).Content!.InfoHash;
        await silo.Host.Http.AnnounceAsync(file, "http", 1001, SiloHost.Size);
        using Socket socket = Open(AddressFamily.InterNetworkV6);
        ulong connection = await ConnectAsync(socket);
        await CallAsync(socket, Announce(connection, file, 7).Write);

        byte[] packet = await CallAsync(
            socket,
            (Announce(connection, file, 8) with { PeerId = LedgerHarness.Peer("another"), Port = 1003 }).Write
        );

        Assert.True(UdpAnnounceReply.TryParse(packet, isIPv6: true, out UdpAnnounceReply? reply));
        Assert.Equal(["[::1]:1002"], reply!.Peers.Select(static peer => peer.Endpoint.ToString()));
        Assert.Equal((0, 3), (reply.Seeders, reply.Leechers));
    }

    [Fact]
    public async Task What_is_not_tracked_is_an_error()
    {
        using Socket socket = Open();
        ulong connection = await ConnectAsync(socket);

        byte[] packet = await CallAsync(socket, Announce(connection, LedgerHarness.HashOf("udp-unknown"), 9).Write);

        Assert.True(UdpErrorReply.TryParse(packet, out UdpErrorReply? error));
        Assert.Equal(new UdpErrorReply(9, "unregistered torrent"), error);
    }

    [Fact]
    public async Task Made_up_connection_ids_and_noise_get_no_answer()
    {
        using Socket socket = Open();
        ulong connection = await ConnectAsync(socket);
        InfoHash file = LedgerHarness.HashOf("udp-unknown");

        await socket.SendAsync(new byte[] { 1, 2, 3 }, SocketFlags.None);
        await socket.SendAsync(new byte[2000], SocketFlags.None);
        await SendAsync(socket, Announce(connection + 1, file, 1).Write);
        // The next answer is the one to this, so the others had none before it.
        byte[] packet = await CallAsync(socket, Announce(connection, file, 2).Write);

        Assert.True(UdpErrorReply.TryParse(packet, out UdpErrorReply? error));
        Assert.Equal(2u, error!.TransactionId);
        Assert.Equal(0, socket.Available);
    }

    [Theory]
    [InlineData("02132f616e6e6f756e63653f6b65793d76616c7565")]
    [InlineData("02ff61")]
    [InlineData("02")]
    [InlineData("7f03616263ffffffff")]
    [InlineData("0000")]
    public async Task Options_change_nothing_of_an_announce(string options)
    {
        InfoHash file = (await silo.Host.PublishAsync("udp-options")).Content!.InfoHash;
        using Socket socket = Open();
        ulong connection = await ConnectAsync(socket);

        byte[] packet = await CallAsync(
            socket,
            destination =>
            {
                int length = Announce(connection, file, 11).Write(destination);
                Convert.FromHexString(options).CopyTo(destination[length..]);
                return length + options.Length / 2;
            }
        );

        Assert.True(UdpAnnounceReply.TryParse(packet, isIPv6: false, out UdpAnnounceReply? reply));
        Assert.Equal((11u, 1), (reply!.TransactionId, reply.Leechers));
    }

    private delegate int Writer(Span<byte> destination);

    private static UdpAnnounceRequest Announce(ulong connection, InfoHash file, uint transaction) =>
        new(
            connection,
            transaction,
            file,
            LedgerHarness.Peer("udp"),
            0,
            SiloHost.Size,
            0,
            TrackerEvent.Started,
            0,
            null,
            1002
        );

    private Socket Open(AddressFamily family = AddressFamily.InterNetwork)
    {
        var socket = new Socket(family, SocketType.Dgram, ProtocolType.Udp);
        IPAddress address = family == AddressFamily.InterNetwork ? IPAddress.Loopback : IPAddress.IPv6Loopback;
        socket.Connect(new IPEndPoint(address, silo.Host.UdpEndpoint.Port));
        return socket;
    }

    private static async Task<ulong> ConnectAsync(Socket socket)
    {
        byte[] packet = await CallAsync(socket, new UdpConnectRequest(5).Write);
        Assert.True(UdpConnectReply.TryParse(packet, out UdpConnectReply reply));
        Assert.Equal(5u, reply.TransactionId);
        return reply.ConnectionId;
    }

    private static async Task SendAsync(Socket socket, Writer write)
    {
        var packet = new byte[2048];
        int length = write(packet);
        await socket.SendAsync(packet.AsMemory(0, length), SocketFlags.None);
    }

    private static async Task<byte[]> CallAsync(Socket socket, Writer write)
    {
        await SendAsync(socket, write);
        var packet = new byte[2048];
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        int length = await socket.ReceiveAsync(packet, SocketFlags.None, limit.Token);
        return packet[..length];
    }
}
