using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Distribution.EndToEnd.Tests.Cluster;
using Distribution.EndToEnd.Tests.Harness;

namespace Distribution.EndToEnd.Tests.Proxies;

/// <summary>Behind a proxy the viewer's address is what the proxy says, in every front end; what anybody else says is ignored.</summary>
[Collection(ProxiedServer.Collection)]
public sealed class TrustedProxyTests(ProxiedServer proxied)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Viewers_on_one_connection_of_a_proxy_are_told_of_each_other_by_their_own_addresses()
    {
        Assert.Contains(Seen("127.0.0.2"), await AnnounceAsync(proxied.ByProxy, 4000), StringComparison.Ordinal);
        Assert.Contains(
            Seen("198.51.100.7"),
            await AnnounceAsync(proxied.ByProxy, 4001, ("X-Forwarded-For", "192.0.2.1, 198.51.100.7")),
            StringComparison.Ordinal
        );
        string second = await AnnounceAsync(proxied.ByProxy, 4002, ("Forwarded", "for=203.0.113.9;proto=https"));
        Assert.Contains(Seen("203.0.113.9"), second, StringComparison.Ordinal);
        Assert.Contains(Compact("198.51.100.7", 4001), second, StringComparison.Ordinal);
        Assert.DoesNotContain(Compact("127.0.0.2", 4000), second, StringComparison.Ordinal);
        string third = await AnnounceAsync(proxied.ByProxy, 4003, ("X-Forwarded-For", "2001:db8::9, fd00::1"));
        Assert.Contains("11:external ip16:", third, StringComparison.Ordinal);
        // The connection still has an address of its own.
        Assert.Contains(Seen("127.0.0.2"), await AnnounceAsync(proxied.ByProxy, 4000), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_is_no_proxy_cannot_choose_its_address()
    {
        string spoofed = await AnnounceAsync(
            proxied.ByOther,
            4010,
            ("X-Forwarded-For", "198.51.100.10"),
            ("Forwarded", "for=198.51.100.10"),
            ("X-Real-IP", "198.51.100.10")
        );
        Assert.Contains(Seen("127.0.0.1"), spoofed, StringComparison.Ordinal);
        string other = await AnnounceAsync(proxied.ByProxy, 4011, ("X-Forwarded-For", "198.51.100.11"));
        Assert.DoesNotContain(Compact("198.51.100.10", 4010), other, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("X-Forwarded-For", "unknown")]
    [InlineData("X-Forwarded-For", "198.51.100.300")]
    [InlineData("X-Forwarded-For", "")]
    [InlineData("Forwarded", "for=\"198.51.100.12")]
    public async Task What_a_proxy_says_unreadably_is_refused_and_the_file_served_all_the_same(
        string name,
        string value
    )
    {
        Assert.Contains(
            "14:failure reason",
            await AnnounceAsync(proxied.ByProxy, 4012, (name, value)),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "14:failure reason",
            await ReadAsync(
                SendAsync(
                    proxied.ByProxy,
                    Announce(4012).Replace("/announce", "/scrape", StringComparison.Ordinal),
                    (name, value)
                )
            ),
            StringComparison.Ordinal
        );
        using HttpResponseMessage file = await SendAsync(
            proxied.ByProxy,
            new Uri(proxied.Video.TorrentUrl).PathAndQuery,
            (name, value)
        );
        Assert.Equal(HttpStatusCode.OK, file.StatusCode);
    }

    [Fact]
    public async Task Two_headers_that_differ_are_refused_as_one_is_the_viewers_own_word() =>
        Assert.Contains(
            "14:failure reason",
            await AnnounceAsync(
                proxied.ByProxy,
                4013,
                ("X-Forwarded-For", "198.51.100.13"),
                ("Forwarded", "for=198.51.100.14")
            ),
            StringComparison.Ordinal
        );

    [Fact]
    public async Task Limits_are_a_viewers_own_over_http_and_websocket()
    {
        // One announce comes back each second, so on a slow machine it takes several attempts to see the WebSocket refused.
        HttpStatusCode socket = HttpStatusCode.SwitchingProtocols;
        for (int attempt = 0; attempt < 50 && socket == HttpStatusCode.SwitchingProtocols; attempt++)
        {
            await UseUpAsync("198.51.100.20");
            socket = await OpenAsync("198.51.100.20");
        }
        Assert.Equal(HttpStatusCode.TooManyRequests, socket);
        Assert.Equal(HttpStatusCode.BadRequest, await OpenAsync("nobody"));
        Assert.Equal(HttpStatusCode.SwitchingProtocols, await OpenAsync("198.51.100.21"));
    }

    [Fact]
    public async Task What_is_sent_is_booked_for_who_got_it()
    {
        string download = new Uri(proxied.Video.DownloadUrl).PathAndQuery;
        string webSeed = new Uri(proxied.Video.WebSeedUrl).PathAndQuery;
        await GetAsync(proxied.ByProxy, download, "198.51.100.30");
        await GetAsync(proxied.ByProxy, webSeed, "198.51.100.31");
        await GetAsync(proxied.ByProxy, webSeed, "198.51.100.31, 127.0.0.2");
        // Neither of these is whom it says it is: both are the one who connects.
        await GetAsync(proxied.ByOther, download, "198.51.100.32");
        await GetAsync(proxied.ByOther, webSeed, "198.51.100.33");

        await Wait.UntilAsync(
            async () =>
                (await proxied.Server.ReportAsync(proxied.Video.Id)).GetProperty("webSeedBytes").GetInt64()
                == 5 * proxied.Video.SizeBytes,
            TimeSpan.FromSeconds(60),
            "all that was sent is in the report"
        );
        JsonElement report = await proxied.Server.ReportAsync(proxied.Video.Id);
        Assert.Equal(2 * proxied.Video.SizeBytes, report.GetProperty("directBytes").GetInt64());
        Assert.Equal(3, report.GetProperty("viewers").GetInt32());
    }

    [Fact]
    public async Task An_edge_behind_a_proxy_is_where_its_heartbeat_comes_from()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/edge/behind/heartbeat")
        {
            Content = JsonContent.Create(
                new
                {
                    epoch = "0123456789abcdef",
                    sequence = 1,
                    port = 4040,
                    endpoints = Array.Empty<string>(),
                    sends = Array.Empty<object>(),
                    progress = Array.Empty<object>(),
                }
            ),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", proxied.Server.EdgeKey);
        request.Headers.Add("X-Forwarded-For", "198.51.100.40");
        using HttpResponseMessage answer = await proxied.ByProxy.SendAsync(request, Stop);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Stop));

        Assert.Contains(
            Compact("198.51.100.40", 4040),
            await AnnounceAsync(proxied.ByProxy, 4041, ("X-Forwarded-For", "198.51.100.41")),
            StringComparison.Ordinal
        );
    }

    private Task<string> AnnounceAsync(HttpClient client, int port, params (string Name, string Value)[] headers) =>
        ReadAsync(SendAsync(client, Announce(port), headers));

    private string Announce(int port) =>
        $"/announce?info_hash={string.Concat(proxied.Video.InfoHash.Chunk(2).Select(static b => $"%{new string(b)}"))}"
        + string.Create(
            CultureInfo.InvariantCulture,
            $"&peer_id={HttpAnnounces.PeerId(port)}&port={port}&uploaded=0&downloaded=0&left={proxied.Video.SizeBytes}&compact=1&event=started"
        );

    private static async Task<string> ReadAsync(Task<HttpResponseMessage> answering)
    {
        using HttpResponseMessage answer = await answering;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return Encoding.Latin1.GetString(await answer.Content.ReadAsByteArrayAsync(Stop));
    }

    private static async Task<HttpResponseMessage> SendAsync(
        HttpClient client,
        string target,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, target);
        foreach ((string name, string value) in headers)
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        return await client.SendAsync(request, Stop);
    }

    private async Task GetAsync(HttpClient client, string target, string forwardedFor)
    {
        using HttpResponseMessage answer = await SendAsync(client, target, ("X-Forwarded-For", forwardedFor));
        Assert.Equal(proxied.Video.SizeBytes, (await answer.Content.ReadAsByteArrayAsync(Stop)).Length);
    }

    private async Task UseUpAsync(string address)
    {
        while (true)
        {
            using HttpResponseMessage answer = await SendAsync(
                proxied.ByProxy,
                Announce(4020),
                ("X-Forwarded-For", address)
            );
            if (answer.StatusCode == HttpStatusCode.TooManyRequests)
                return;
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    /// <summary>What opening a WebSocket comes to.</summary>
    private async Task<HttpStatusCode> OpenAsync(string forwardedFor)
    {
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.SetRequestHeader("X-Forwarded-For", forwardedFor);
        using var invoker = new HttpMessageInvoker(proxied.Handler());
        try
        {
            await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{proxied.Server.Port}/announce"), invoker, Stop);
        }
        catch (WebSocketException)
        {
            // The status says why.
        }
        return socket.HttpStatusCode;
    }

    /// <summary>How an answer says whom it is for (BEP 24).</summary>
    private static string Seen(string address) => $"11:external ip4:{Bytes(address)}";

    /// <summary>How an answer names a peer (BEP 23).</summary>
    private static string Compact(string address, int port) =>
        Bytes(address) + Encoding.Latin1.GetString([(byte)(port >> 8), (byte)port]);

    private static string Bytes(string address) =>
        Encoding.Latin1.GetString(IPAddress.Parse(address).GetAddressBytes());
}
