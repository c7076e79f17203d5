using System.Globalization;
using System.Text.Json;
using Distribution.EndToEnd.Tests.Clients;
using Distribution.EndToEnd.Tests.Harness;
using Distribution.EndToEnd.Tests.Portal;
using Microsoft.Playwright;

namespace Distribution.EndToEnd.Tests.Browsers;

/// <summary>Clients of npm at our trackers: bittorrent-tracker in Node over each transport, webtorrent in a real browser.</summary>
public sealed class BrowserSwarmTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task Two_pages_find_each_other_and_exchange_the_file()
    {
        await NodeClients.WebTorrent.RequireAsync();
        TestVideo source = await Videos.OfAsync(8);
        await using DistributionServer server = await DistributionServer.StartAsync(
            new ServerSettings { WithEdge = false }
        );
        PublishedVideo video = await server.PublishAsync(source.Path);
        string announce = AnnounceUrl(server);
        // Pages of one machine reach each other over loopback; and a page that a test made has no place in a network of its own.
        await using Chromium chromium = await Chromium.StartAsync(
            "--allow-loopback-in-peer-connection",
            "--disable-features=WebRtcHideLocalIpsWithMdns,LocalNetworkAccessChecks,LocalNetworkAccessChecksWebSockets"
        );

        await using IBrowserContext first = await chromium.NewProfileAsync();
        IPage seeder = await OpenAsync(first, server);
        // The first takes everything from the web seed.
        Downloaded fromWebSeed = await DownloadAsync(seeder, video.TorrentUrl, announce);
        Assert.Equal((source.SizeBytes, source.Sha256), (fromWebSeed.SizeBytes, fromWebSeed.Sha256));

        await using IBrowserContext second = await chromium.NewProfileAsync();
        IPage leecher = await OpenAsync(second, server);
        // The second knows nothing but the info-hash and the tracker: metadata and pieces come from the first page.
        string magnet = $"magnet:?xt=urn:btih:{video.InfoHash}&tr={Uri.EscapeDataString(announce)}";
        Downloaded fromPeer = await DownloadAsync(leecher, magnet, announce);
        Assert.Equal((source.SizeBytes, source.Sha256), (fromPeer.SizeBytes, fromPeer.Sha256));
        Assert.Equal("webrtc", fromPeer.PeerKind);

        await ScrapedAsync(server, video, "8:completei2e10:downloadedi2e10:incompletei0e");
        await second.CloseAsync();
        await ScrapedAsync(server, video, "8:completei1e10:downloadedi2e10:incompletei0e");
        await first.CloseAsync();
        await ScrapedAsync(server, video, "8:completei0e10:downloadedi2e10:incompletei0e");
    }

    [Theory]
    [InlineData("ws")]
    [InlineData("http")]
    [InlineData("udp")]
    public async Task A_client_of_bittorrent_tracker_announces_and_scrapes(string scheme)
    {
        TestVideo source = await Videos.OfAsync(8);
        await using DistributionServer server = await DistributionServer.StartAsync(
            new ServerSettings { WithEdge = false }
        );
        PublishedVideo video = await server.PublishAsync(source.Path);
        await using RunningProgram client = await StartAsync(server, video.InfoHash, scheme);

        JsonElement started = await HearAsync(client, "update", "incomplete", 1);
        // Over UDP this client keeps it to itself.
        if (scheme != "udp")
            Assert.InRange(started.GetProperty("interval").GetInt32(), 30, 1800);
        await client.Input.WriteLineAsync("complete");
        await HearAsync(client, "update", "complete", 1);
        await client.Input.WriteLineAsync("scrape");
        JsonElement scraped = await HearAsync(client, "scrape", "complete", 1);
        Assert.Equal(0, scraped.GetProperty("incomplete").GetInt32());
        await client.Input.WriteLineAsync("stop");
        await HearAsync(client, "update", "complete", 0);
        client.Input.Close();
        Assert.True(await client.ExitAsync(Limit) == 0, client.Transcript());

        await using RunningProgram stranger = await StartAsync(server, new string('a', 40), scheme);
        await stranger
            .LineAsync(line =>
                line.Contains("warning", StringComparison.Ordinal)
                && line.Contains("unregistered torrent", StringComparison.Ordinal)
            )
            .WithinAsync(Limit, "the client hears that the swarm is not tracked");
    }

    private static string AnnounceUrl(DistributionServer server, string scheme = "ws") =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{scheme}://127.0.0.1:{(scheme == "udp" ? server.UdpPort : server.Port)}/announce"
        );

    private static Task<RunningProgram> StartAsync(DistributionServer server, string infoHash, string scheme) =>
        NodeClients.WebTorrent.StartAsync(
            "tracker-client.mjs",
            JsonSerializer.Serialize(new { infoHash, announce = AnnounceUrl(server, scheme) })
        );

    private static async Task<JsonElement> HearAsync(RunningProgram client, string name, string property, int value)
    {
        string line = await client
            .LineAsync(text => IsIt(JsonDocument.Parse(text).RootElement))
            .WithinAsync(Limit, $"the client hears of {property} {value} in {name}");
        return JsonDocument.Parse(line).RootElement;

        bool IsIt(JsonElement message) =>
            message.GetProperty("event").GetString() == name
            && message.TryGetProperty(property, out JsonElement told)
            && told.GetInt32() == value;
    }

    /// <summary>A page of the server's own origin that has nothing but webtorrent.</summary>
    private static async Task<IPage> OpenAsync(IBrowserContext profile, DistributionServer server)
    {
        const string html = """
            <!doctype html><title>peer</title>
            <script type=module>
              import WebTorrent from "/test-webtorrent.js";
              globalThis.client = new WebTorrent({ tracker: { rtcConfig: { iceServers: [] } } });
              client.on("error", (error) => console.error(String(error)));
            </script>
            """;
        string script = Path.Combine(
            NodeClients.WebTorrent.Folder,
            "node_modules",
            "webtorrent",
            "dist",
            "webtorrent.min.js"
        );
        IPage page = await profile.NewPageAsync();
        await page.RouteAsync(
            "**/test-peer",
            route => route.FulfillAsync(new RouteFulfillOptions { ContentType = "text/html", Body = html })
        );
        await page.RouteAsync(
            "**/test-webtorrent.js",
            route => route.FulfillAsync(new RouteFulfillOptions { ContentType = "text/javascript", Path = script })
        );
        await page.GotoAsync(new Uri(server.Url, "/test-peer").AbsoluteUri);
        await page.WaitForFunctionAsync(
            "() => globalThis.client",
            null,
            new PageWaitForFunctionOptions { Timeout = (float)Limit.TotalMilliseconds }
        );
        return page;
    }

    /// <summary>Adds a torrent, by its magnet or its file's address, waits until it is whole, and tells what it is.</summary>
    private static async Task<Downloaded> DownloadAsync(IPage page, string torrent, string announce)
    {
        Task<JsonElement?> download = page.EvaluateAsync<JsonElement?>(
            """
            async ([torrent, announce]) => {
              const id = torrent.startsWith("magnet:") ? torrent
                : new Uint8Array(await (await fetch(torrent)).arrayBuffer());
              const added = client.add(id, { announce: [announce] });
              let kind = "";
              added.on("wire", (wire) => { if (wire.type !== "webSeed") kind = wire.type; });
              await new Promise((resolve, reject) => { added.on("done", resolve); added.on("error", reject); });
              const content = await (await added.files[0].blob()).arrayBuffer();
              const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
              return { kind, size: content.byteLength, sha256: Array.from(digest, (b) => b.toString(16).padStart(2, "0")).join("") };
            }
            """,
            new[] { torrent, announce }
        );
        JsonElement told = (await download.WithinAsync(Limit, "the page has the whole file"))!.Value;
        return new Downloaded(
            told.GetProperty("size").GetInt64(),
            told.GetProperty("sha256").GetString()!,
            told.GetProperty("kind").GetString()!
        );
    }

    private static Task ScrapedAsync(DistributionServer server, PublishedVideo video, string counts)
    {
        string query = string.Concat(Convert.FromHexString(video.InfoHash).Select(static value => $"%{value:x2}"));
        return Wait.UntilAsync(
            async () =>
            {
                byte[] body = await server.Http.GetByteArrayAsync(
                    $"/scrape?info_hash={query}",
                    TestContext.Current.CancellationToken
                );
                return System.Text.Encoding.Latin1.GetString(body).Contains(counts, StringComparison.Ordinal);
            },
            Limit,
            $"a scrape tells {counts}"
        );
    }

    /// <param name="PeerKind">How the last peer was connected, web seeds left out.</param>
    private sealed record Downloaded(long SizeBytes, string Sha256, string PeerKind);
}
