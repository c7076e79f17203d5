using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Security.Cryptography;
using Distribution.BitTorrent.Magnets;
using Distribution.EdgeSeeder.Seeding;
using Distribution.EdgeSeeder.Tests.Kit;

namespace Distribution.EdgeSeeder.Tests.RealClients;

/// <summary>Stock clients finish from a bare magnet with this engine as the only peer.</summary>
public sealed class RealClientTests : IAsyncLifetime
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    // A short last piece, and metadata of one part.
    private static readonly TestContent _content = new((8 << 20) + 12_345, 256 * 1024, seed: 11);

    private readonly string _folder = Directory.CreateTempSubdirectory("edge-client-").FullName;
    private TestOrigin _origin = null!;
    private TestEdge _edge = null!;

    private string Downloaded => Path.Combine(_folder, TestContent.Name);

    public async ValueTask InitializeAsync()
    {
        _origin = await TestOrigin.StartAsync();
        _edge = new TestEdge(_origin, Engines.Own, new SeedingLimits { RedialDelay = TimeSpan.FromMilliseconds(200) });
        _edge.Seed(_content);
        _origin.TrackedPeer = new IPEndPoint(IPAddress.Loopback, _edge.Port);
    }

    public async ValueTask DisposeAsync()
    {
        await _edge.DisposeAsync();
        await _origin.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Libtorrent_gets_it_by_a_call_to_the_edge()
    {
        await using ClientProcess client = await StartLibtorrentAsync(_edge.Port, listenPort: 0);
        await FinishedAsync(client);
    }

    [Fact]
    public async Task Libtorrent_gets_it_when_the_edge_calls()
    {
        int port = FreePort();
        Task<PeerEvent> completed = _edge.WhenAsync(seen => seen.Change == PeerChange.Completed, _patience);
        await using ClientProcess client = await StartLibtorrentAsync(edgePort: 0, port);
        _edge.Engine.Dial(_content.InfoHash, [new IPEndPoint(IPAddress.Loopback, port)]);
        // It shows its last piece before it leaves.
        await completed;
        await FinishedAsync(client);
        Assert.Contains(
            _edge.Engine.UnreportedProgress(10),
            progress => progress.HaveBytes == _content.Bytes.Length && progress.ListenPort == port
        );
    }

    [Fact]
    public async Task Aria2_gets_it_by_a_tracker()
    {
        string? program = ClientProcess.Find("aria2c");
        Assert.SkipWhen(program is null, "aria2c is not installed.");
        await using ClientProcess client = ClientProcess.Start(
            program!,
            [
                Magnet(tracked: true),
                $"--dir={_folder}",
                "--no-conf",
                "--seed-time=0",
                "--enable-dht=false",
                "--enable-dht6=false",
                "--bt-enable-lpd=false",
                "--enable-peer-exchange=false",
                "--file-allocation=none",
                $"--listen-port={FreePort()}",
                "--summary-interval=0",
            ]
        );
        await FinishedAsync(client);
    }

    [Fact]
    public async Task Transmission_gets_it_by_a_tracker()
    {
        // It takes no peer on 127.0.0.0/8 from a tracker.
        IPAddress? own = NetworkInterface
            .GetAllNetworkInterfaces()
            .Where(network => network.OperationalStatus == OperationalStatus.Up)
            .SelectMany(network => network.GetIPProperties().UnicastAddresses)
            .Select(unicast => unicast.Address)
            .FirstOrDefault(address =>
                address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(address)
            );
        Assert.SkipWhen(own is null, "This machine has no IPv4 address but loopback.");
        _origin.TrackedPeer = new IPEndPoint(own!, _edge.Port);
        await using ClientProcess client = await StartTransmissionAsync(FreePort(), tracked: true);
        await FinishedAsync(client);
    }

    [Fact]
    public async Task Transmission_that_demands_encryption_gets_it_when_the_edge_calls()
    {
        int port = FreePort();
        await using ClientProcess client = await StartTransmissionAsync(port, tracked: false, encryption: 2);
        _edge.Engine.Dial(_content.InfoHash, [new IPEndPoint(IPAddress.Loopback, port)]);
        await FinishedAsync(client);
    }

    private async Task<ClientProcess> StartTransmissionAsync(int peerPort, bool tracked, int encryption = 1)
    {
        string? program = ClientProcess.Find("transmission-daemon");
        Assert.SkipWhen(program is null, "transmission-daemon is not installed.");
        string config = Directory.CreateDirectory(Path.Combine(_folder, "config")).FullName;
        int rpc = FreePort();
        await File.WriteAllTextAsync(
            Path.Combine(config, "settings.json"),
            $$"""
            { "rpc-enabled": true, "rpc-port": {{rpc}}, "rpc-bind-address": "127.0.0.1", "rpc-whitelist-enabled": false,
              "rpc-authentication-required": false, "rpc-host-whitelist-enabled": false,
              "dht-enabled": false, "lpd-enabled": false, "pex-enabled": false, "utp-enabled": false,
              "encryption": {{encryption}}, "port-forwarding-enabled": false, "peer-port": {{peerPort}}, "incomplete-dir-enabled": false,
              "download-dir": "{{_folder}}" }
            """
        );
        ClientProcess client = ClientProcess.Start(program!, ["--foreground", "--config-dir", config]);
        await AddToTransmissionAsync(rpc, tracked);
        return client;
    }

    private async Task FinishedAsync(ClientProcess client)
    {
        byte[] wanted = SHA256.HashData(_content.Bytes);
        long started = TimeProvider.System.GetTimestamp();
        while (!await IsCompleteAsync(wanted))
        {
            Assert.True(
                TimeProvider.System.GetElapsedTime(started) < _patience,
                $"Not finished in {_patience.TotalSeconds} s: {client.Output}"
            );
            await Task.Delay(100);
        }
        await client.DisposeAsync();
        await _edge.Engine.StopAsync();
        // Nobody else had it; a client may have asked for a few blocks twice.
        Assert.InRange(_edge.Counted, _content.Bytes.Length, _content.Bytes.Length + (1 << 20));
    }

    private async Task<bool> IsCompleteAsync(byte[] wanted)
    {
        if (!File.Exists(Downloaded) || new FileInfo(Downloaded).Length != _content.Bytes.Length)
            return false;
        await using FileStream file = File.Open(Downloaded, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        byte[] found = await SHA256.HashDataAsync(file);
        return found.AsSpan().SequenceEqual(wanted);
    }

    private string Magnet(bool tracked) =>
        new MagnetLink
        {
            InfoHash = _content.InfoHash,
            Trackers = tracked ? [new Uri(_origin.Url, "/announce").ToString()] : [],
        }.ToString();

    private async Task<ClientProcess> StartLibtorrentAsync(int edgePort, int listenPort)
    {
        const string python = "/usr/bin/python3";
        Assert.SkipUnless(File.Exists(python), "/usr/bin/python3 is not installed.");
        await using (ClientProcess probe = ClientProcess.Start(python, ["-c", "import libtorrent"]))
            Assert.SkipUnless(
                await probe.WaitForExitAsync(TimeSpan.FromSeconds(20)) == 0,
                "python3-libtorrent is not installed."
            );
        const string script = """
            import sys, time, libtorrent as lt
            magnet, folder, edge, listen = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
            session = lt.session({'listen_interfaces': '127.0.0.1:%d' % listen, 'enable_dht': False, 'enable_lsd': False,
              'enable_upnp': False, 'enable_natpmp': False, 'alert_mask': lt.alert.category_t.all_categories})
            params = lt.parse_magnet_uri(magnet)
            params.save_path = folder
            handle = session.add_torrent(params)
            if edge:
              handle.connect_peer(('127.0.0.1', edge))
            while True:
              for alert in session.pop_alerts():
                if 'peer' in alert.what() or 'metadata' in alert.what(): print(alert.message(), flush=True)
              time.sleep(0.1)
            """;
        return ClientProcess.Start(
            python,
            ["-c", script, Magnet(tracked: false), _folder, $"{edgePort}", $"{listenPort}"]
        );
    }

    private async Task AddToTransmissionAsync(int rpcPort, bool tracked)
    {
        using var http = new HttpClient();
        string body = $$"""
            { "method": "torrent-add", "arguments": { "filename": "{{Magnet(
                tracked: true
            )}}", "download-dir": "{{_folder}}" } }
            """;
        var url = new Uri($"http://127.0.0.1:{rpcPort}/transmission/rpc");
        string? session = null;
        await Wait.UntilAsync(async () =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new StringContent(body) };
            if (session is not null)
                request.Headers.Add("X-Transmission-Session-Id", session);
            try
            {
                using HttpResponseMessage response = await http.SendAsync(request);
                if (response.StatusCode == HttpStatusCode.Conflict)
                    session = response.Headers.GetValues("X-Transmission-Session-Id").First();
                return response.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
