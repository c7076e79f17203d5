using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using Distribution.EndToEnd.Tests.Harness;
using Distribution.PostgresServers;

namespace Distribution.EndToEnd.Tests.Cluster;

/// <summary>Two servers on one database are one: whatever is said to either is so at both.</summary>
[Collection(ClusterCollection.Name)]
public sealed partial class TwoSilosTests(ClusterFixture cluster) : IDisposable
{
    private const int Size = 300_000;

    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task What_one_publishes_viewers_find_at_both_over_every_transport()
    {
        await cluster.BothRunAsync();
        PublishedVideo file = await cluster.PublishAsync(Size);

        // At once, and at the other one first.
        Announced first = await cluster.Second.AnnounceAsync(file.InfoHash, 7001, Size, "started");
        Announced second = await cluster.First.AnnounceAsync(file.InfoHash, 7002, Size, "started");
        using var udp = new UdpAnnounces();
        await udp.ConnectAsync(cluster.First);
        Announced? third = await udp.AnnounceAsync(cluster.First, file.InfoHash, 7003, Size);
        // The connection id is good at any of them.
        Announced? fourth = await udp.AnnounceAsync(cluster.Second, file.InfoHash, 7004, Size);

        Assert.Equal((null, 0), (first.Refusal, first.Peers.Count));
        Assert.Equal([7001], second.Peers);
        Assert.Equal([7001, 7002], third!.Peers.Order());
        Assert.Equal([7001, 7002, 7003], fourth!.Peers.Order());

        Assert.Null((await cluster.First.AnnounceAsync(file.InfoHash, 7001, 0, "completed")).Refusal);
        Assert.Equal(1, await cluster.Second.CompletedAsync(file.InfoHash));
        Assert.Equal(
            (await cluster.First.GetJsonAsync($"/api/v1/files/{file.Id}/swarm")).ToString(),
            (await cluster.Second.GetJsonAsync($"/api/v1/files/{file.Id}/swarm")).ToString()
        );

        // Taken down at the other one, the first knows at once.
        using HttpResponseMessage down = await cluster.Second.Http.SendAsync(
            cluster.Second.Request(HttpMethod.Delete, $"/api/v1/files/{file.Id}"),
            TestContext.Current.CancellationToken
        );
        Assert.True(down.IsSuccessStatusCode, await Tus.DescribeAsync(down));
        Announced gone = await cluster.First.AnnounceAsync(file.InfoHash, 7002, Size);
        Assert.NotNull(gone.Refusal);
        Assert.False(gone.IsForNow);
    }

    [Fact]
    public async Task Browsers_of_both_exchange_offers_and_answers()
    {
        await cluster.BothRunAsync();
        // Shards take turns by the servers: both kinds, whoever has them.
        var swarms = new Dictionary<bool, PublishedVideo>();
        while (swarms.Count < 2)
        {
            PublishedVideo file = await cluster.PublishAsync(Size);
            swarms.TryAdd(Convert.FromHexString(file.InfoHash)[3] % 2 == 0, file);
        }
        foreach (PublishedVideo file in swarms.Values)
        {
            using BrowserSocket first = await BrowserSocket.OpenAsync(
                cluster.First,
                file.InfoHash,
                "-WW0000-first0000000"
            );
            await first.AnnounceAsync(Size);
            using (
                BrowserSocket second = await BrowserSocket.OpenAsync(
                    cluster.Second,
                    file.InfoHash,
                    "-WW0000-second000000"
                )
            )
            {
                JsonElement reply = await second.AnnounceAsync(Size, "offer-1");
                Assert.Equal(2, reply.GetProperty("incomplete").GetInt32());

                JsonElement offer = await first.HearAsync(static message => message.TryGetProperty("offer", out _));
                Assert.Equal(second.PeerId, offer.GetProperty("peer_id").GetString());
                Assert.Equal("sdp of offer-1", offer.GetProperty("offer").GetProperty("sdp").GetString());
                await first.AnswerAsync(second.PeerId, "offer-1");
                JsonElement answer = await second.HearAsync(static message => message.TryGetProperty("answer", out _));
                Assert.Equal(first.PeerId, answer.GetProperty("peer_id").GetString());
                Assert.Equal("offer-1", answer.GetProperty("offer_id").GetString());
                Assert.Equal("sdp for offer-1", answer.GetProperty("answer").GetProperty("sdp").GetString());
            }
            // A socket that closes at one server takes its browser out at the other too.
            await Wait.UntilAsync(
                async () =>
                    (await cluster.First.GetJsonAsync($"/api/v1/files/{file.Id}/swarm"))
                        .GetProperty("leechers")
                        .GetInt32() == 1,
                TimeSpan.FromSeconds(60),
                "the browser of the closed socket is gone"
            );
        }
    }

    [Fact]
    public async Task Either_sends_what_the_other_stored_and_both_report_it()
    {
        await cluster.BothRunAsync();
        PublishedVideo file = await cluster.PublishAsync(Size);
        string path = new Uri(file.DownloadUrl).PathAndQuery;

        byte[] whole = await cluster.Second.Http.GetByteArrayAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal(file.Sha256, Convert.ToHexStringLower(SHA256.HashData(whole)));
        await cluster.First.Http.GetByteArrayAsync(path, TestContext.Current.CancellationToken);

        foreach (DistributionServer server in new[] { cluster.First, cluster.Second })
            await Wait.UntilAsync(
                async () => (await server.ReportAsync(file.Id)).GetProperty("webSeedBytes").GetInt64() == 2 * Size,
                TimeSpan.FromSeconds(60),
                "the report has what both sent"
            );
        JsonElement report = await cluster.First.ReportAsync(file.Id);
        Assert.Equal(report.ToString(), (await cluster.Second.ReportAsync(file.Id)).ToString());
    }

    [Fact]
    public async Task One_key_opens_both_and_one_sign_in_holds_at_both()
    {
        await cluster.BothRunAsync();
        Assert.Equal(cluster.First.ApiKey, cluster.Second.ApiKey);
        Assert.Equal(cluster.First.EdgeKey, cluster.Second.EdgeKey);

        string line = await cluster.First.Program.LineAsync(static text =>
            text.Contains("/sign-in", StringComparison.Ordinal)
        );
        var link = new Uri(line[line.IndexOf("http", StringComparison.Ordinal)..]);
        // Cookies know no ports: what the first gives is shown to the second.
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        string page = await browser.GetStringAsync(link, TestContext.Current.CancellationToken);
        using var form = new FormUrlEncodedContent(
            HiddenField()
                .Matches(page)
                .Select(static field => KeyValuePair.Create(field.Groups[1].Value, field.Groups[2].Value))
        );
        using HttpResponseMessage signIn = await browser.PostAsync(link, form, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.SeeOther, signIn.StatusCode);

        using HttpResponseMessage files = await browser.GetAsync(
            new Uri(cluster.Second.Url, "/api/v1/files"),
            TestContext.Current.CancellationToken
        );
        Assert.Equal(HttpStatusCode.OK, files.StatusCode);
    }

    [Theory]
    [InlineData("another store", "is not the store of this cluster")]
    [InlineData("a wrong password", "refuses the user")]
    [InlineData("no store", "--blobs")]
    public async Task A_server_that_does_not_fit_says_why_and_ends(string what, string told)
    {
        await cluster.BothRunAsync();
        string database =
            what == "a wrong password"
                ? cluster.Database.Replace(PostgresServer.Password, "wrong", StringComparison.Ordinal)
                : cluster.Database;
        string[] store = what switch
        {
            "another store" => ["--blobs", _temp.Sub("blobs")],
            "no store" => [],
            _ => ["--blobs", cluster.Blobs],
        };

        CommandResult result = await CommandLine.RunAsync([
            "serve",
            "--data",
            _temp.Sub("data"),
            "--urls",
            $"http://127.0.0.1:{Ports.Free()}",
            "--tracker-udp",
            "0",
            "--edge-port",
            "0",
            "--db",
            database,
            .. store,
        ]);

        Assert.NotEqual(0, result.Status);
        string line = Assert.Single(result.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(told, line, StringComparison.Ordinal);
        Assert.DoesNotContain(PostgresServer.Password, line, StringComparison.Ordinal);
    }

    [GeneratedRegex("<input[^>]*type=\"hidden\"[^>]*name=\"([^\"]+)\"[^>]*value=\"([^\"]*)\"")]
    private static partial Regex HiddenField();
}

/// <summary>The cluster's tests share two servers.</summary>
[CollectionDefinition(Name)]
public sealed class ClusterCollection : ICollectionFixture<ClusterFixture>
{
    public const string Name = "cluster";
}
