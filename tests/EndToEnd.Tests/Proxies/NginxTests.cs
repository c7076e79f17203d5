using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Distribution.EndToEnd.Tests.Clients;
using Distribution.EndToEnd.Tests.Cluster;
using Distribution.EndToEnd.Tests.Harness;

namespace Distribution.EndToEnd.Tests.Proxies;

/// <summary>The whole product behind Debian's nginx, which viewers alone reach.</summary>
[Collection(ProxiedServer.Collection)]
public sealed class NginxTests(ProxiedServer proxied)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Viewers_behind_nginx_are_who_they_are()
    {
        int port = proxied.PublicPort;
        TestVideo source = await Videos.OfAsync(6);
        await using Nginx nginx = await Nginx.StartAsync(port, proxied.Server.Port);
        PublishedVideo video = await proxied.Server.PublishAsync(source.Path);
        Assert.Equal(port, new Uri(video.WebSeedUrl).Port);

        // A stock client, that has links to nginx alone.
        await using (Aria2Client viewer = Aria2Client.Start(await proxied.Server.TorrentAsync(video)))
        {
            await viewer.FinishedAsync(TimeSpan.FromSeconds(90));
            await source.AssertSameAsync(Path.Combine(viewer.Folder, video.Name));
        }

        using HttpClient one = From("127.0.0.3", port);
        using HttpClient other = From("127.0.0.4", port);
        Assert.Contains(Seen("127.0.0.3"), await AnnounceAsync(one, video, 4001, null), StringComparison.Ordinal);
        // What a viewer says itself stands before what nginx adds, and is not looked at.
        string reply = await AnnounceAsync(other, video, 4002, "198.51.100.7");
        Assert.Contains(Seen("127.0.0.4"), reply, StringComparison.Ordinal);
        Assert.Contains(Seen("127.0.0.3")[^4..] + "\u000f\u00a1", reply, StringComparison.Ordinal);
        await DownloadAsync(one, video);
        await DownloadAsync(other, video);

        await Wait.UntilAsync(
            async () =>
            {
                JsonElement report = await proxied.Server.ReportAsync(video.Id);
                return report.GetProperty("webSeedBytes").GetInt64() >= 3 * source.SizeBytes
                    && report.GetProperty("viewers").GetInt32() == 3;
            },
            TimeSpan.FromSeconds(60),
            "the report has three viewers and what they were sent"
        );
        using var browser = new System.Net.WebSockets.ClientWebSocket();
        await browser.ConnectAsync(new Uri($"ws://127.0.0.1:{port}/announce"), Stop);
    }

    private static HttpClient From(string address, int port) =>
        new(
            new SocketsHttpHandler
            {
                ConnectCallback = async (_, stop) =>
                    new NetworkStream(
                        await ProxiedServer.ConnectAsync(IPAddress.Parse(address), port, stop),
                        ownsSocket: true
                    ),
            }
        )
        {
            BaseAddress = new Uri($"http://127.0.0.1:{port}"),
        };

    private static async Task<string> AnnounceAsync(
        HttpClient client,
        PublishedVideo video,
        int port,
        string? forwardedFor
    )
    {
        string infoHash = string.Concat(video.InfoHash.Chunk(2).Select(static b => $"%{new string(b)}"));
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            string.Create(
                CultureInfo.InvariantCulture,
                $"/announce?info_hash={infoHash}&peer_id={HttpAnnounces.PeerId(port)}&port={port}&uploaded=0&downloaded=0&left=1000&compact=1&event=started"
            )
        );
        if (forwardedFor is not null)
            request.Headers.Add("X-Forwarded-For", forwardedFor);
        using HttpResponseMessage answer = await client.SendAsync(request, Stop);
        return Encoding.Latin1.GetString(await answer.Content.ReadAsByteArrayAsync(Stop));
    }

    private static async Task DownloadAsync(HttpClient client, PublishedVideo video) =>
        Assert.Equal(video.SizeBytes, (await client.GetByteArrayAsync(video.DownloadUrl, Stop)).Length);

    private static string Seen(string address) =>
        $"11:external ip4:{Encoding.Latin1.GetString(IPAddress.Parse(address).GetAddressBytes())}";
}
