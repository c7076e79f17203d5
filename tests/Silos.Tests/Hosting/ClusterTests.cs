using System.Net;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Trackers;
using Distribution.Contracts.Accounts;
using Distribution.Contracts.Files;
using Distribution.Contracts.Swarms;
using Distribution.PostgresServers;
using Distribution.Silos.Announces;
using Distribution.Silos.Hosting;
using Distribution.Silos.Ledgers;
using Distribution.Silos.Swarms;
using Distribution.Silos.Swarms.Shards;
using Distribution.Silos.Tests.Announces;
using Distribution.Silos.Tests.Ledgers;
using Distribution.Silos.Tests.State;
using Distribution.Silos.Tests.Swarms.Live;
using Microsoft.Extensions.DependencyInjection;

namespace Distribution.Silos.Tests.Hosting;

/// <summary>Two silos of this process on one PostgreSQL.</summary>
[Collection(PostgresCollection.Name)]
public sealed class ClusterTests(PostgresFixture postgres)
{
    [Fact]
    public async Task Shards_are_divided_and_a_swarm_is_the_same_from_both_sides()
    {
        string database = await postgres.Server.CreateDatabaseAsync();
        await using SiloHost first = await StartAsync(database);
        await using SiloHost second = await StartAsync(database);
        await SeeEachOtherAsync(first, second);

        var here = new List<bool>();
        for (int i = 0; here.Distinct().Count() < 2; i++)
        {
            InfoHash file = (await first.PublishAsync($"file-{i}")).Content!.InfoHash;
            Assert.Null((await second.Http.AnnounceAsync(file, "a", 1001, SiloHost.Size)).FailureReason);
            HttpAnnounceReply reply = await first.Http.AnnounceAsync(file, "b", 1002, SiloHost.Size);
            Assert.Equal([1001], reply.Peers.Select(static peer => peer.Endpoint.Port));
            int shard = first.Services.GetRequiredService<SwarmShards>().NumberOf(file);
            bool isFirsts = first.Services.GetRequiredService<LocalShards>().Find(shard) is not null;
            Assert.Equal(!isFirsts, second.Services.GetRequiredService<LocalShards>().Find(shard) is not null);
            here.Add(isFirsts);
        }
    }

    [Fact]
    public async Task Peers_that_are_switched_off_at_one_silo_are_so_at_the_other()
    {
        string database = await postgres.Server.CreateDatabaseAsync();
        await using SiloHost first = await StartAsync(database);
        await using SiloHost second = await StartAsync(database);
        await SeeEachOtherAsync(first, second);
        InfoHash file = await PublishOnAsync(second, first);
        using var client = new UdpTrackerClient(second.UdpEndpoint);
        await client.ConnectAsync();
        await client.AnnounceAsync(file, "one", 1001, SiloHost.Size);
        Assert.Single((await client.AnnounceAsync(file, "two", 1002, SiloHost.Size)).Peers);
        IPeerSwitchGrain peers = first.Grains.GetGrain<IPeerSwitchGrain>(0);
        var entry = new AuditEntry
        {
            At = DateTimeOffset.UnixEpoch,
            Actor = "operator",
            Action = "peers.switched-off",
        };

        await peers.SetAsync(Publishers.Default, true, entry);

        // The other silo is told, and reads the switch then.
        while (!second.Services.GetRequiredService<PeerSwitches>().IsOffFor(Publishers.Default))
            await Task.Delay(10, TestContext.Current.CancellationToken);
        Assert.Empty((await client.AnnounceAsync(file, "two", 1002, SiloHost.Size)).Peers);
        Assert.Empty((await second.Http.AnnounceAsync(file, "three", 1003, SiloHost.Size)).Peers);
        Assert.Empty((await first.Http.AnnounceAsync(file, "three", 1003, SiloHost.Size)).Peers);
        await peers.SetAsync(Publishers.Default, false, entry);
        while (second.Services.GetRequiredService<PeerSwitches>().IsOffFor(Publishers.Default))
            await Task.Delay(10, TestContext.Current.CancellationToken);
        Assert.Equal(2, (await client.AnnounceAsync(file, "two", 1002, SiloHost.Size)).Peers.Count);
    }

    [Fact]
    public async Task Who_watches_from_one_silo_hears_of_the_other_and_goes_on_when_that_ends()
    {
        string database = await postgres.Server.CreateDatabaseAsync();
        SiloHost first = await StartAsync(database);
        await using SiloHost second = await StartAsync(database);
        try
        {
            await SeeEachOtherAsync(first, second);
            InfoHash file = await PublishOnAsync(first, second);
            var watcher = new RecordingWatcher();
            ISwarmWatcher here = second.Grains.CreateObjectReference<ISwarmWatcher>(watcher);
            ISwarmGrain swarm = second.Grains.GetGrain<ISwarmGrain>(file.ToString());
            Assert.Equal(0, (await swarm.WatchAsync(here, 600))!.Now.Seeders);

            Assert.Null((await first.Http.AnnounceAsync(file, "seed", 1001, 0)).FailureReason);
            await watcher.UntilAsync(static state => state.Now.Seeders == 1);

            await first.DisposeAsync();
            // As the renewal does: again where it fails, for the other's end takes a moment to be known.
            SwarmLive? renewed = null;
            while (renewed is null)
            {
                try
                {
                    renewed = await swarm.WatchAsync(here, 600);
                }
                catch (Exception gone) when (gone is OrleansException or TimeoutException) { }
            }
            Assert.Null((await second.Http.AnnounceAsync(file, "other", 1002, 0)).FailureReason);
            Assert.Null((await second.Http.AnnounceAsync(file, "another", 1003, 0)).FailureReason);
            await watcher.UntilAsync(static state => state.Now.Seeders == 2);
        }
        finally
        {
            await first.DisposeAsync();
        }
    }

    [Fact]
    public async Task Announces_for_several_shards_of_another_silo_go_there_together_and_elsewhere_when_it_ends()
    {
        string database = await postgres.Server.CreateDatabaseAsync();
        SiloHost first = await StartAsync(database);
        await using SiloHost second = await StartAsync(database);
        try
        {
            await SeeEachOtherAsync(first, second);
            IAnnounceHandler handler = second.Services.GetRequiredService<IAnnounceHandler>();
            var shards = new Dictionary<int, InfoHash>();
            for (int i = 0; shards.Count < 3; i++)
            {
                InfoHash file = await PublishOnAsync(first, second, $"{i}-");
                shards.TryAdd(first.Services.GetRequiredService<SwarmShards>().NumberOf(file), file);
            }
            // Nobody has met them yet: each goes by itself.
            foreach ((int shard, InfoHash file) in shards)
            {
                Assert.Equal(shard, handler.RouteOf(shard));
                var alone = new AnnounceBatch(1, UdpTracker.MaxReplyBytes);
                alone.Add() = Viewer(file, 1001);
                Assert.True(await handler.AnnounceAsync(shard, alone, "udp"));
                Assert.Equal(AnnounceOutcome.Answered, alone.Replies.OutcomeOf(0));
            }
            int route = Assert.Single(shards.Keys.Select(handler.RouteOf).Distinct());

            InfoHash unknown = LedgerHarness.HashOf("never-published");
            var batch = new AnnounceBatch(8, UdpTracker.MaxReplyBytes);
            foreach (InfoHash file in shards.Values)
                batch.Add() = Viewer(file, 1002);
            batch.Add() = Viewer(unknown, 1002);
            Assert.True(await handler.AnnounceAsync(route, batch, "udp"));
            for (int i = 0; i < shards.Count; i++)
            {
                Assert.Equal(AnnounceOutcome.Answered, batch.Replies.OutcomeOf(i));
                Assert.Equal([1001], PortsOf(batch.Replies, i));
            }
            Assert.Equal(AnnounceOutcome.Unregistered, batch.Replies.OutcomeOf(shards.Count));
            ISwarmGrain swarm = second.Grains.GetGrain<ISwarmGrain>(shards.Values.First().ToString());
            Assert.Equal(2, (await swarm.GetSnapshotAsync())!.Leechers);

            await first.DisposeAsync();
            // While its end is not known a batch may be lost, as a packet may; it is never answered wrongly.
            while (!await handler.AnnounceAsync(route, batch, "udp"))
                batch = batch.Pick([.. Enumerable.Range(0, batch.Count)]);
            for (int i = 0; i < shards.Count; i++)
                Assert.Equal(AnnounceOutcome.Answered, batch.Replies.OutcomeOf(i));
            Assert.Equal(AnnounceOutcome.Unregistered, batch.Replies.OutcomeOf(shards.Count));
        }
        finally
        {
            await first.DisposeAsync();
        }
    }

    [Fact]
    public async Task What_the_ledger_says_of_openings_reaches_front_ends_that_were_not_told()
    {
        string database = await postgres.Server.CreateDatabaseAsync();
        await using SiloHost host = await StartAsync(database);
        InfoHash file = LedgerHarness.HashOf("quiet");
        OpenSwarms open = host.Services.GetRequiredService<OpenSwarms>();
        Ledger ledger = host.Services.GetRequiredService<Ledger>();

        await ledger.OpenFileAsync(new LedgerFile(file, "quiet", "default", 1));
        await open.FollowAsync(ledger);
        Assert.True(open.TryFind(file, out _));
        await ledger.CloseFileAsync(file);
        await open.FollowAsync(ledger);
        Assert.False(open.TryFind(file, out _));
    }

    [Fact]
    public async Task Rows_of_dead_silos_are_removed_and_those_of_living_ones_stay()
    {
        string database = await postgres.Server.CreateDatabaseAsync();
        await using SiloHost host = await StartAsync(database);
        await PostgresServer.ExecuteAsync(
            database,
            "INSERT INTO OrleansMembershipTable (DeploymentId, Address, Port, Generation, SiloName, HostName, Status, "
                + "ProxyPort, StartTime, IAmAliveTime) SELECT DeploymentId, '192.0.2.1', 1, 1, 'dead', 'dead', 6, 2, "
                + "now() - INTERVAL '3 hours', now() - INTERVAL '2 hours' FROM OrleansMembershipTable"
        );
        IMembershipTable table = host.Services.GetRequiredService<IMembershipTable>();
        Assert.Equal(2, (await table.ReadAllAsync(TestContext.Current.CancellationToken)).Members.Count);

        await table.CleanupDefunctSiloEntriesAsync(
            TimeProvider.System.GetUtcNow().AddHours(-1),
            TestContext.Current.CancellationToken
        );

        MembershipEntry left = Assert
            .Single((await table.ReadAllAsync(TestContext.Current.CancellationToken)).Members)
            .Item1;
        Assert.Equal(SiloStatus.Active, left.Status);
    }

    private static PackedAnnounce Viewer(InfoHash file, int port) =>
        PackedAnnounce.Of(
            file,
            new SwarmAnnounce(
                LedgerHarness.Peer($"viewer-{port}"),
                new IPEndPoint(IPAddress.Parse("203.0.113.1"), port),
                AnnounceEvent.Started,
                0,
                0,
                SiloHost.Size,
                50
            )
        );

    private static IEnumerable<int> PortsOf(AnnounceReplies replies, int index)
    {
        var peers = new List<TrackerPeer>();
        Assert.True(CompactPeers.TryRead(replies.ReplyOf(index)[CompactReply.HeaderBytes..], isIPv6: false, peers));
        return peers.Select(static peer => peer.Endpoint.Port);
    }

    /// <summary>A file whose shard is on <paramref name="wanted"/>.</summary>
    private static async Task<InfoHash> PublishOnAsync(SiloHost wanted, SiloHost other, string prefix = "")
    {
        for (int i = 0; ; i++)
        {
            InfoHash file = (await other.PublishAsync($"{prefix}on-{i}")).Content!.InfoHash;
            await other.Http.ScrapeAsync(file);
            int shard = wanted.Services.GetRequiredService<SwarmShards>().NumberOf(file);
            if (wanted.Services.GetRequiredService<LocalShards>().Find(shard) is not null)
                return file;
        }
    }

    private static Task<SiloHost> StartAsync(string database) =>
        SiloHost.StartAsync(new SiloOptions { Database = database, UdpPort = -1 });

    // A silo knows itself before the others know it.
    private static async Task SeeEachOtherAsync(params SiloHost[] hosts)
    {
        foreach (SiloHost host in hosts)
        {
            IClusterMembershipService membership = host.Services.GetRequiredService<IClusterMembershipService>();
            await foreach (
                ClusterMembershipSnapshot _ in membership.MembershipUpdates.WithCancellation(
                    TestContext.Current.CancellationToken
                )
            )
            {
                if (
                    membership.CurrentSnapshot.Members.Values.Count(static one => one.Status == SiloStatus.Active)
                    == hosts.Length
                )
                    break;
            }
        }
    }
}
