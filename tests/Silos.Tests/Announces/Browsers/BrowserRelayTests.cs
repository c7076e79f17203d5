using System.Net;
using System.Net.WebSockets;
using System.Text;
using Distribution.BitTorrent;
using Distribution.Contracts.Files;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Announces;
using Distribution.Silos.Announces.Browsers;
using Distribution.Silos.Announces.Limits;
using Distribution.Silos.Ledgers;
using Distribution.Silos.State;
using Distribution.Silos.Swarms;
using Distribution.Silos.Swarms.Selection;
using Distribution.Silos.Swarms.Shards;
using Distribution.Silos.Telemetry;
using Distribution.Silos.Tests.Hosting;
using Distribution.Silos.Tests.Ledgers;
using Distribution.Silos.Traffic;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime.Hosting;
using Orleans.TestingHost;

namespace Distribution.Silos.Tests.Announces.Browsers;

/// <summary>Browsers whose sockets are on two silos, in one swarm.</summary>
[Collection(SiloCollection.Name)]
public sealed class BrowserRelayTests : IDisposable
{
    private const int Shards = 4;

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Offers_and_answers_reach_the_silo_that_has_the_socket()
    {
        await using StateDatabase database = StateDatabase.Open(_folder.StatePath);
        // What is open is told to every silo; here they share it.
        var open = new OpenSwarms();
        await using InProcessTestCluster cluster = BuildCluster(database, open);
        await cluster.DeployAsync(TestContext.Current.CancellationToken);
        Silo one = Silo.Of(cluster, 0);
        Silo two = Silo.Of(cluster, 1);
        InfoHash[] files = [.. Enumerable.Range(0, 8).Select(static i => LedgerHarness.HashOf($"relay-{i}"))];
        foreach (InfoHash file in files)
            await OpenAsync(cluster, file);
        using var socketOfOne = new RecordingWebSocket();
        using var socketOfTwo = new RecordingWebSocket();
        using BrowserSocket onOne = one.Sockets.Add(socketOfOne);
        using BrowserSocket onTwo = two.Sockets.Add(socketOfTwo);
        Task sendingOne = onOne.SendQueuedAsync(TestContext.Current.CancellationToken);
        Task sendingTwo = onTwo.SendQueuedAsync(TestContext.Current.CancellationToken);

        foreach (InfoHash file in files)
        {
            PeerId first = LedgerHarness.Peer("first");
            PeerId second = LedgerHarness.Peer("second");
            Assert.Null((await one.Swarms.AnnounceAsync(file, Announce(one, onOne, file, first, 0))).FailureReason);
            BrowserReply reply = await two.Swarms.AnnounceAsync(file, Announce(two, onTwo, file, second, 5));
            Assert.Equal(2, reply.Leechers);

            two.Relay.Send(Assert.Single(reply.OffersTo), Encoding.UTF8.GetBytes($"offer {file}"));
            Assert.Equal($"offer {file}", await socketOfOne.NextAsync());
            BrowserContact? back = await one.Swarms.FindAsync(file, second);
            one.Relay.Send(back!, Encoding.UTF8.GetBytes($"answer {file}"));
            Assert.Equal($"answer {file}", await socketOfTwo.NextAsync());

            // A socket of the same number elsewhere is another's.
            await two.Swarms.LeaveAsync(file, first, two.Relay.ContactOf(onOne.Number, file));
            Assert.NotNull(await two.Swarms.FindAsync(file, first));
            await one.Swarms.LeaveAsync(file, first, one.Relay.ContactOf(onOne.Number, file));
            Assert.Null(await two.Swarms.FindAsync(file, first));
        }

        onOne.End(WebSocketCloseStatus.NormalClosure, null);
        onTwo.End(WebSocketCloseStatus.NormalClosure, null);
        await sendingOne;
        await sendingTwo;
    }

    [Fact]
    public async Task What_goes_to_a_closed_socket_is_dropped()
    {
        var sockets = new BrowserSockets(new BrowserTrackerOptions());
        await sockets.DeliverAsync(1, [1]);
        using var socket = new RecordingWebSocket();
        using BrowserSocket open = sockets.Add(socket);
        open.End(WebSocketCloseStatus.NormalClosure, null);

        Assert.False(open.TrySend([1]));
        sockets.Remove(open);
        Assert.Equal(0, sockets.Count);
    }

    [Fact]
    public async Task What_a_browser_does_not_take_is_bounded()
    {
        using var stop = new CancellationTokenSource();
        using var blocked = new RecordingWebSocket(isBlocked: true);
        using var socket = new BrowserSocket(1, blocked, maxUnsentBytes: 1000);
        Task sending = socket.SendQueuedAsync(stop.Token);

        int taken = Enumerable.Range(0, 100).Count(_ => socket.TrySend(new byte[100]));

        Assert.Equal(10, taken);
        await stop.CancelAsync();
        await sending;
        Assert.Equal(WebSocketState.Aborted, blocked.State);
    }

    private static InProcessTestCluster BuildCluster(StateDatabase database, OpenSwarms open)
    {
        var builder = new InProcessTestClusterBuilder(2);
        builder.ConfigureSilo(
            (_, silo) =>
            {
                IServiceCollection services = silo.Services;
                services.AddSingleton(TimeProvider.System);
                // By a factory it would be closed with the first silo.
                services.AddSingleton(database);
                services.AddSingleton(open);
                services.AddSingleton<RecentTraffic>();
                services.AddSingleton<AnomalyTally>();
                services.AddSingleton<Ledger>();
                services.AddSingleton(static _ => new SwarmCensus());
                services.AddSingleton(new PeerBudget(new PeerTableOptions(), Shards));
                services.AddSingleton(new RequestLimits(new RequestLimitOptions(), TimeProvider.System));
                services.AddSingleton(static provider => new SwarmShards(
                    provider.GetRequiredService<IGrainFactory>(),
                    Shards
                ));
                services.AddSingleton(new LocalShards(Shards));
                services.AddSingleton(new ShardRoutes(Shards));
                services.AddSingleton<LocalAnnounces>();
                services.AddSingleton<RemoteAnnounces>();
                services.AddMetrics();
                services.AddSingleton(new SelectionRules(new SelectionOptions(), null));
                services.AddSingleton(new PeerSwitches());
                services.AddSingleton<SiloMetrics>();
                services.AddSingleton<IAnnounceHandler, GrainAnnounceHandler>();
                services.AddSingleton<SiloNews>();
                silo.AddGrainService<SiloNewsService>();
                silo.AddGrainService<SiloAnnouncesService>();
                services.AddPlacementDirector<ShardPlacement, ShardPlacementDirector>();
                services.AddBrowserTracker(new BrowserTrackerOptions());
                services.AddGrainStorage(
                    StateGrainStorage.Name,
                    static (provider, _) => new StateGrainStorage(provider.GetRequiredService<StateDatabase>())
                );
            }
        );
        return builder.Build();
    }

    private static Task OpenAsync(InProcessTestCluster cluster, InfoHash file) =>
        cluster
            .Client.GetGrain<ISwarmGrain>(file.ToString())
            .OpenAsync(
                new SwarmDefinition(file.ToString(), "default", file, "name", 1_000_000, 65536, PeerPolicy.Everyone)
            );

    private static BrowserAnnounce Announce(Silo silo, BrowserSocket socket, InfoHash file, PeerId peer, int offers) =>
        new(
            peer,
            IPAddress.Loopback,
            AnnounceEvent.Started,
            0,
            0,
            1_000_000,
            offers,
            silo.Relay.ContactOf(socket.Number, file)
        );

    private sealed record Silo(IBrowserSwarms Swarms, IBrowserRelay Relay, BrowserSockets Sockets)
    {
        public static Silo Of(InProcessTestCluster cluster, int index)
        {
            IServiceProvider services = cluster.Silos[index].ServiceProvider;
            return new Silo(
                services.GetRequiredService<IBrowserSwarms>(),
                services.GetRequiredService<IBrowserRelay>(),
                services.GetRequiredService<BrowserSockets>()
            );
        }
    }
}
