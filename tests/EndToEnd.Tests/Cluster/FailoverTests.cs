using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Distribution.EndToEnd.Tests.Harness;

namespace Distribution.EndToEnd.Tests.Cluster;

/// <summary>A server of two dies, or the database goes away: no wrong answer, and nothing that was acknowledged is lost.</summary>
[Collection(ClusterCollection.Name)]
public sealed class FailoverTests(ClusterFixture cluster)
{
    private const int Size = 200_000;
    private const int Viewers = 4;
    private const int AnswersBeforeKill = 300;

    /// <summary>For a loaded machine; on an idle one it takes seconds, which are printed.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private static int _nextPort = 9000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task After_kill_9_under_load_the_other_answers_for_all_swarms(bool killsFirst)
    {
        await cluster.BothRunAsync();
        List<LoadedSwarm> swarms = await SwarmsOnBothAsync();
        (DistributionServer victim, DistributionServer survivor) = killsFirst
            ? (cluster.First, cluster.Second)
            : (cluster.Second, cluster.First);
        foreach (LoadedSwarm swarm in swarms)
        {
            await AnnounceAllAsync(victim, swarm);
            await CompleteAsync(victim, swarm, NewPort());
        }
        string[] reports = await ReportsAsync(survivor, swarms);
        var watched = new List<LiveStream>();
        foreach (LoadedSwarm swarm in swarms)
        {
            LiveStream stream = await LiveStream.OpenAsync(survivor, swarm.FileId);
            watched.Add(stream);
            await stream.UntilAsync(static state => state.GetProperty("leechers").GetInt32() == Viewers, Patience);
        }

        await using SwarmLoad load = await SwarmLoad.StartAsync(survivor, swarms);
        while (load.Answered < AnswersBeforeKill)
            await load.AllAnsweredAsync(Patience);
        long before = load.Answered;
        await victim.Program.KillAsync();
        DateTime killedAt = TimeProvider.System.GetUtcNow().UtcDateTime;
        TimeSpan outage = await load.AllAnsweredAsync(Patience);
        // What was on its way when the first answered, too.
        await load.AllAnsweredAsync(Patience);
        await load.StopAsync();
        TestContext.Current.TestOutputHelper?.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{swarms.Count} swarms, {before} answers before the kill; all answered again after {outage.TotalSeconds:F1} s, {load.Answered} answers"
            )
        );

        Assert.Empty(load.Wrong);
        Assert.Equal(reports, await ReportsAsync(survivor, swarms));
        foreach (LoadedSwarm swarm in swarms)
        {
            Assert.Equal(1, await survivor.CompletedAsync(swarm.InfoHash));
            // One interval later, as it were: each has announced once.
            await AnnounceAllAsync(survivor, swarm);
            Announced all = await survivor.AnnounceAsync(swarm.InfoHash, swarm.Ports[0], Size);
            Assert.Equal(swarm.Ports.Skip(1), all.Peers.Order());
        }
        // Who watches has found every swarm again, also those that were the victim's.
        foreach (LiveStream stream in watched)
        {
            await stream.UntilAsync(
                state =>
                    state.GetProperty("updatedAt").GetDateTime() > killedAt
                    && state.GetProperty("leechers").GetInt32() == Viewers,
                Patience
            );
            stream.Dispose();
        }

        await victim.StartAgainAsync();
        foreach (LoadedSwarm swarm in swarms)
        {
            Announced again = await AnsweredAsync(victim, swarm.InfoHash, swarm.Ports[0], Size);
            Assert.Equal(swarm.Ports.Skip(1), again.Peers.Order());
        }
        Assert.Equal(reports, await ReportsAsync(victim, swarms));
    }

    /// <summary>A host that is suspended, a disk that blocks: the others cannot tell it from a death, and what wakes up must not answer as an owner.</summary>
    [Fact]
    public async Task A_server_that_hangs_is_replaced_and_ends_when_it_wakes()
    {
        await cluster.BothRunAsync();
        List<LoadedSwarm> swarms = await SwarmsOnBothAsync();
        (DistributionServer hung, DistributionServer survivor) = (cluster.Second, cluster.First);
        foreach (LoadedSwarm swarm in swarms)
            await AnnounceAllAsync(hung, swarm);

        var outage = Stopwatch.StartNew();
        hung.Program.Pause();
        try
        {
            foreach (LoadedSwarm swarm in swarms)
                await AnnounceAllAsync(survivor, swarm);
            TestContext.Current.TestOutputHelper?.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"all answered after {outage.Elapsed.TotalSeconds:F1} s")
            );
        }
        finally
        {
            hung.Program.Resume();
        }

        Assert.NotEqual(0, await hung.Program.ExitAsync(Patience));
        Assert.Contains("declared this one dead", hung.Program.Errors, StringComparison.Ordinal);
        await hung.StartAgainAsync();
        foreach (LoadedSwarm swarm in swarms)
        {
            Announced again = await AnsweredAsync(hung, swarm.InfoHash, swarm.Ports[0], Size);
            Assert.Equal(swarm.Ports.Skip(1), again.Peers.Order());
        }
    }

    [Fact]
    public async Task While_the_database_is_away_nothing_acknowledged_is_lost_and_it_goes_on_by_itself()
    {
        await cluster.BothRunAsync();
        List<LoadedSwarm> swarms = await SwarmsOnBothAsync();
        foreach (LoadedSwarm swarm in swarms)
        {
            await AnnounceAllAsync(cluster.First, swarm);
            await CompleteAsync(cluster.Second, swarm, NewPort());
        }
        string[] reports = await ReportsAsync(cluster.First, swarms);
        LoadedSwarm some = swarms[0];
        int late = NewPort();

        await cluster.Postgres.StopAsync();
        foreach (DistributionServer server in new[] { cluster.First, cluster.Second })
        {
            (HttpStatusCode status, string text) = await HealthAsync(server);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
            Assert.Contains("cannot be reached", text, StringComparison.Ordinal);
            // Who says nothing new is answered as ever; what would have to be booked is not.
            foreach (LoadedSwarm swarm in swarms)
                Assert.Equal(
                    swarm.Ports.Skip(1),
                    (await server.AnnounceAsync(swarm.InfoHash, swarm.Ports[0], Size)).Peers.Order()
                );
            Announced refused = await server.AnnounceAsync(some.InfoHash, late, Size, "started");
            Assert.True(refused.IsForNow, refused.ToString());
        }

        await cluster.Postgres.StartAgainAsync();
        foreach (DistributionServer server in new[] { cluster.First, cluster.Second })
            await Wait.UntilAsync(server.IsReadyAsync, Patience, "it is ready again");
        Assert.Equal(reports, await ReportsAsync(cluster.Second, swarms));
        Assert.Equal(1, await cluster.First.CompletedAsync(some.InfoHash));
        await CompleteAsync(cluster.First, some, late);
        Assert.Equal(2, await cluster.Second.CompletedAsync(some.InfoHash));
    }

    private static int NewPort() => Interlocked.Increment(ref _nextPort);

    /// <summary>Shards take turns by the silos, and so do these.</summary>
    private async Task<List<LoadedSwarm>> SwarmsOnBothAsync()
    {
        var swarms = new List<LoadedSwarm>();
        while (swarms.Select(static swarm => Parity(swarm.InfoHash)).Distinct().Count() < 2 || swarms.Count < 4)
        {
            PublishedVideo file = await cluster.PublishAsync(Size);
            int[] ports = [.. Enumerable.Range(0, Viewers).Select(static _ => NewPort())];
            swarms.Add(new LoadedSwarm(file.Id, file.InfoHash, Size, ports));
        }
        return swarms;
    }

    private static uint Parity(string infoHash) =>
        uint.Parse(infoHash.AsSpan(0, 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture) % 2;

    private static async Task AnnounceAllAsync(DistributionServer server, LoadedSwarm swarm)
    {
        foreach (int port in swarm.Ports)
            await AnsweredAsync(server, swarm.InfoHash, port, Size);
    }

    /// <summary>A viewer comes, finishes and goes.</summary>
    private static async Task CompleteAsync(DistributionServer server, LoadedSwarm swarm, int port)
    {
        await AnsweredAsync(server, swarm.InfoHash, port, Size, "started");
        await AnsweredAsync(server, swarm.InfoHash, port, 0, "completed");
        await AnsweredAsync(server, swarm.InfoHash, port, 0, "stopped");
    }

    /// <summary>Asks again, as a client does, where the answer is that it cannot be given now.</summary>
    private static async Task<Announced> AnsweredAsync(
        DistributionServer server,
        string infoHash,
        int port,
        long left,
        string announceEvent = ""
    )
    {
        Announced? answer = null;
        await Wait.UntilAsync(
            async () =>
            {
                answer = await server.AnnounceAsync(infoHash, port, left, announceEvent);
                return !answer.IsForNow;
            },
            Patience,
            "the announce is answered"
        );
        Assert.Null(answer!.Refusal);
        return answer;
    }

    private static async Task<string[]> ReportsAsync(DistributionServer server, IReadOnlyList<LoadedSwarm> swarms)
    {
        var reports = new List<string>();
        foreach (LoadedSwarm swarm in swarms)
        {
            JsonElement report = await server.ReportAsync(swarm.FileId);
            Assert.Equal(Size, report.GetProperty("delivered").GetProperty("high").GetInt64());
            // The range asked for moves with the clock.
            reports.Add(
                $"{report.GetProperty("delivered")} {report.GetProperty("viewers")} {report.GetProperty("webSeedBytes")}"
            );
        }
        return [.. reports];
    }

    private static async Task<(HttpStatusCode Status, string Text)> HealthAsync(DistributionServer server)
    {
        using HttpResponseMessage health = await server.Http.GetAsync(
            "/health/ready",
            TestContext.Current.CancellationToken
        );
        return (health.StatusCode, await health.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
