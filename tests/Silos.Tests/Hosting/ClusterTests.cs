using Distribution.BitTorrent;
using Distribution.BitTorrent.Trackers;
using Distribution.PostgresServers;
using Distribution.Silos.Hosting;
using Distribution.Silos.Ledgers;
using Distribution.Silos.Swarms;
using Distribution.Silos.Swarms.Shards;
using Distribution.Silos.Tests.Announces;
using Distribution.Silos.Tests.State;
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
    public async Task What_the_ledger_says_of_openings_reaches_front_ends_that_were_not_told()
    {
        string database = await postgres.Server.CreateDatabaseAsync();
        await using SiloHost host = await StartAsync(database);
        InfoHash file = Ledgers.LedgerHarness.HashOf("quiet");
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
