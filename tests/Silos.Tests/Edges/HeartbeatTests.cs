using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Distribution.BitTorrent;
using Distribution.Contracts.Edges;
using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Reports;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Ledgers;
using Distribution.Silos.Tests.Announces;
using Distribution.Silos.Tests.Hosting;
using Distribution.Silos.Tests.Ledgers;

namespace Distribution.Silos.Tests.Edges;

[Collection(SiloCollection.Name)]
public sealed class HeartbeatTests(SiloFixture silo)
{
    private static readonly long Hour = HourTable.HourOf(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());

    [Fact]
    public async Task A_node_is_told_what_to_seed_and_whom_to_dial()
    {
        InfoHash file = (await silo.Host.PublishAsync("to-seed")).Content!.InfoHash;
        await silo.Host.Http.AnnounceAsync(file, "leecher", 1001, SiloHost.Size);
        await silo.Host.Http.AnnounceAsync(file, "seed", 1002, 0);

        EdgeOrders orders = await BeatAsync("node-1", HeartbeatCheckTests.Heartbeat(41));

        Assert.Equal((41, 2.0, 10), (orders.AcknowledgedSequence, orders.IntervalSeconds, orders.LeaseSeconds));
        EdgeAssignment assignment = Assert.Single(orders.Assignments, one => one.FileId == "to-seed");
        Assert.Equal(file.ToString(), assignment.InfoHash);
        Assert.Equal("http://media.example/torrents/to-seed.torrent", assignment.TorrentUrl);
        Assert.Equal("http://media.example/webseed/to-seed/film.mp4", assignment.WebSeedUrl);
        Assert.Equal(["127.0.0.1:1001"], assignment.Dial);

        // Leechers hear of the node, at the address it called from.
        IReadOnlyList<string> told = await EndpointsAsync(file);
        Assert.Contains("127.0.0.1:6881", told);
        await BeatAsync("node-1", HeartbeatCheckTests.Heartbeat(42) with { Leaving = true });
        Assert.DoesNotContain("127.0.0.1:6881", await EndpointsAsync(file));
    }

    [Fact]
    public async Task Counters_and_progress_are_booked_once_however_often_they_come()
    {
        InfoHash file = (await silo.Host.PublishAsync("counted")).Content!.InfoHash;
        await silo.Host.Http.AnnounceAsync(file, "viewer", 1001, SiloHost.Size, "&event=started");
        EdgeHeartbeat heartbeat = HeartbeatCheckTests.Heartbeat() with
        {
            Sends =
            [
                new SendCounter(file.ToString(), "127.0.0.1", SendKind.Edge, Hour, 300_000),
                new SendCounter(file.ToString(), "127.0.0.1", SendKind.EdgeFill, Hour, 400_000),
            ],
            Progress = [Progress(file, 100_000, 600_000)],
        };

        for (int time = 0; time < 3; time++)
            await BeatAsync("node-2", heartbeat with { Sequence = time });
        await BeatAsync("node-3", heartbeat with { Sends = [] });
        await LeaveAsync("node-2");

        SavingsReport report = await silo.Host.ReportAsync("counted");
        Assert.Equal(300_000, report.Bytes.EdgeBytes);
        Assert.Equal(400_000, report.Bytes.EdgeFillBytes);
        // No other viewer says that it gave what the node saw beyond our own sends, so only the upper bound has it.
        Assert.Equal(new ByteRange(300_000, 600_000), report.Bytes.Delivered);
        Assert.Equal(new ByteRange(0, 300_000), report.Bytes.PeerBytes);
        Assert.Equal(1, report.Viewers);

        SwarmSnapshot? snapshot = await silo.Host.Grains.GetGrain<ISwarmGrain>(file.ToString()).GetSnapshotAsync();
        Assert.Equal(30_000, snapshot!.EdgeBytesPerSecond);
        Assert.Equal((0, 1), (snapshot.Seeders, snapshot.Leechers));
        Assert.Equal(snapshot.Edges + 0.6, snapshot.DistributedCopies, 6);
        await LeaveAsync("node-3");
    }

    [Fact]
    public async Task Only_with_the_key()
    {
        using HttpResponseMessage response = await silo.Host.Http.PostAsJsonAsync(
            "/api/v1/edge/node-1/heartbeat",
            HeartbeatCheckTests.Heartbeat(),
            TestContext.Current.CancellationToken
        );

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Theory]
    [InlineData("node-1", "")]
    [InlineData("node-1", "null")]
    [InlineData("node-1", "[]")]
    [InlineData("node-1", "{}")]
    [InlineData("node-1", """{"epoch":null,"sequence":1,"port":1}""")]
    [InlineData("node-1", """{"epoch":"0123456789abcdef","sequence":1,"port":1,"sends":[null]}""")]
    [InlineData("node-1", """{"epoch":"0123456789abcdef","sequence":1,"port":1,"endpoints":null}""")]
    [InlineData("node-1", """{"epoch":"0123456789abcdef","sequence":1,"port":1,"progress":[{"infoHash":"x"}]}""")]
    [InlineData("NODE", """{"epoch":"0123456789abcdef","sequence":1,"port":1}""")]
    public async Task Faulty_ones_are_refused_with_the_reason(string node, string json)
    {
        using HttpResponseMessage response = await PostAsync(node, json);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        using JsonDocument problem = JsonDocument.Parse(
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)
        );
        Assert.Equal("invalid-heartbeat", problem.RootElement.GetProperty("type").GetString());
        Assert.NotEmpty(problem.RootElement.GetProperty("detail").GetString()!);
    }

    [Fact]
    public async Task It_speaks_camel_case_and_takes_kinds_by_name_or_number()
    {
        InfoHash file = (await silo.Host.PublishAsync("camel")).Content!.InfoHash;
        string json = string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            {"epoch":"0123456789abcdef","sequence":3,"port":6881,"sends":[
              {"infoHash":"{{file}}","address":"203.0.113.1","kind":"edge","hourStart":{{Hour}},"bytesSent":5},
              {"infoHash":"{{file}}","address":"203.0.113.1","kind":4,"hourStart":{{Hour}},"bytesSent":6}]}
            """
        );

        using HttpResponseMessage response = await PostAsync("node-4", json);
        string body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        await LeaveAsync("node-4");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("\"acknowledgedSequence\":3", body, StringComparison.Ordinal);
        ReportBytes bytes = (await silo.Host.ReportAsync("camel")).Bytes;
        Assert.Equal((5L, 6L), (bytes.EdgeBytes, bytes.EdgeFillBytes));
    }

    // A node that is still believed alive would have its part of the next test's swarms.
    private Task LeaveAsync(string node) => BeatAsync(node, HeartbeatCheckTests.Heartbeat(99) with { Leaving = true });

    private static PeerProgress Progress(InfoHash file, long first, long have) =>
        new()
        {
            InfoHash = file.ToString(),
            PeerId = LedgerHarness.Peer("viewer").ToString(),
            Address = "127.0.0.1",
            FirstHaveBytes = first,
            HaveBytes = have,
        };

    private async Task<IReadOnlyList<string>> EndpointsAsync(InfoHash file) =>
        [
            .. (await silo.Host.Http.AnnounceAsync(file, "asks", 1999, SiloHost.Size)).Peers.Select(static peer =>
                peer.Endpoint.ToString()
            ),
        ];

    private async Task<EdgeOrders> BeatAsync(string node, EdgeHeartbeat heartbeat)
    {
        using HttpResponseMessage response = await PostAsync(
            node,
            JsonSerializer.Serialize(heartbeat, JsonSerializerOptions.Web)
        );
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<EdgeOrders>(TestContext.Current.CancellationToken))!;
    }

    private async Task<HttpResponseMessage> PostAsync(string node, string json)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/edge/{node}/heartbeat")
        {
            Content = new StringContent(json, Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", SiloHost.EdgeKey);
        return await silo.Host.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
