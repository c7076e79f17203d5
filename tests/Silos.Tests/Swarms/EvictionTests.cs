using System.Net;
using Distribution.BitTorrent;
using Distribution.Contracts.Edges;
using Distribution.Contracts.Files;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Ledgers;
using Distribution.Silos.Swarms;
using Distribution.Silos.Swarms.Shards;
using Distribution.Silos.Tests.Ledgers;
using Microsoft.Extensions.Time.Testing;

namespace Distribution.Silos.Tests.Swarms;

/// <summary>Floods of made-up peers: the tables keep their bound, and honest viewers their place.</summary>
public sealed class EvictionTests
{
    private const long Size = 1_000_000;
    private const int Honest = 100;

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly Random _random = new(1);

    [Fact]
    public void A_flood_from_a_few_networks_pushes_out_itself()
    {
        PeerBudget budget = Budget(mostPeers: 100_000, mostPerSwarm: 1_000);
        Swarm swarm = NewShard(budget).Open(Definition("flooded"));
        for (int viewer = 0; viewer < Honest; viewer++)
            Announce(swarm, Viewer(viewer), ViewerAt(viewer), Size);

        for (int i = 0; i < 30_000; i++)
        {
            Flood(swarm, networks: 4);
            Assert.True(swarm.Records <= 1_000);
        }

        Assert.Equal(1_000, budget.Used);
        Assert.Equal(Honest, Enumerable.Range(0, Honest).Count(viewer => IsHere(swarm, viewer)));
    }

    [Fact]
    public void Viewers_who_came_back_outlive_a_flood_from_everywhere()
    {
        PeerBudget budget = Budget(mostPeers: 100_000, mostPerSwarm: 1_000);
        Swarm swarm = NewShard(budget).Open(Definition("flooded"));
        for (int viewer = 0; viewer < Honest; viewer++)
            Announce(swarm, Viewer(viewer), ViewerAt(viewer), Size);
        _clock.Advance(TimeSpan.FromSeconds(30));
        for (int viewer = 0; viewer < Honest; viewer++)
            Announce(swarm, Viewer(viewer), ViewerAt(viewer), Size / 2);

        for (int i = 0; i < 30_000; i++)
            Flood(swarm, networks: 60_000);

        Assert.Equal(1_000, budget.Used);
        Assert.Equal(Honest, Enumerable.Range(0, Honest).Count(viewer => IsHere(swarm, viewer)));
    }

    [Fact]
    public void Whom_an_edge_saw_stays_even_in_the_attackers_own_network()
    {
        Swarm swarm = NewShard(Budget(mostPeers: 100_000, mostPerSwarm: 1_000)).Open(Definition("flooded"));
        IPEndPoint at = IPEndPoint.Parse("8.0.0.1:7");
        Announce(swarm, Viewer(0), at, Size);
        var seen = new PeerProgress
        {
            InfoHash = swarm.Definition.InfoHash.ToString(),
            PeerId = Viewer(0).ToString(),
            Address = at.Address.ToString(),
            ListenPort = at.Port,
            FirstHaveBytes = 0,
            HaveBytes = Size / 2,
        };
        Assert.Single(swarm.Witness([seen]));

        for (int i = 0; i < 10_000; i++)
            Flood(swarm, networks: 1);

        Assert.NotNull(swarm.KnownViewer(Viewer(0), at.Address));
    }

    [Fact]
    public void Who_left_goes_first()
    {
        Swarm swarm = NewShard(Budget(mostPeers: 100_000, mostPerSwarm: 12)).Open(Definition("full"));
        for (int viewer = 0; viewer < 12; viewer++)
            Announce(swarm, Viewer(viewer), ViewerAt(viewer), Size);
        Announce(swarm, Viewer(5), ViewerAt(5), Size, AnnounceEvent.Stopped);

        Announce(swarm, Viewer(50), ViewerAt(50), Size);

        Assert.Equal(12, swarm.Records);
        Assert.Equal(12, swarm.Scrape().Leechers);
        Assert.False(IsHere(swarm, 5));
    }

    [Fact]
    public void Who_announces_again_takes_nobodys_place()
    {
        Swarm swarm = NewShard(Budget(mostPeers: 100_000, mostPerSwarm: 10)).Open(Definition("full"));
        for (int viewer = 0; viewer < 10; viewer++)
            Announce(swarm, Viewer(viewer), ViewerAt(viewer), Size);

        for (int viewer = 0; viewer < 10; viewer++)
            Announce(swarm, Viewer(viewer), ViewerAt(viewer), Size - 1);

        Assert.All(Enumerable.Range(0, 10), viewer => Assert.True(IsHere(swarm, viewer)));
    }

    [Fact]
    public void A_small_swarm_loses_nobody_to_the_flood_of_another()
    {
        const int Most = 8_000;
        PeerBudget budget = Budget(Most, mostPerSwarm: Most, shards: 4);
        SwarmShard flooded = NewShard(budget);
        SwarmShard other = NewShard(budget);
        Swarm large = flooded.Open(Definition("large"));
        Swarm small = other.Open(Definition("small"));
        for (int i = 0; i < 2 * Most; i++)
            Flood(large, networks: 60_000);
        Assert.Equal(Most, budget.Used);

        for (int viewer = 0; viewer < Honest; viewer++)
        {
            Announce(small, Viewer(viewer), ViewerAt(viewer), Size);
            Flood(large, networks: 60_000);
        }
        Assert.Equal(Most + Honest, budget.Used);
        other.Sweep();
        flooded.Sweep();

        Assert.Equal(Most, budget.Used);
        Assert.Equal(Honest, small.Records);
    }

    [Fact]
    public void However_many_swarms_are_flooded_the_bound_holds()
    {
        const int Most = 8_000;
        PeerBudget budget = Budget(Most, mostPerSwarm: Most, shards: 4);
        SwarmShard[] shards = [.. Enumerable.Range(0, 4).Select(_ => NewShard(budget))];
        Swarm[] swarms =
        [
            .. Enumerable.Range(0, 400).Select(number => shards[number % 4].Open(Definition($"swarm-{number}"))),
        ];

        for (int i = 0; i < 40_000; i++)
        {
            Flood(swarms[_random.Next(swarms.Length)], networks: 60_000);
            Assert.True(budget.Used <= Most + Most / 8);
        }
        foreach (SwarmShard shard in shards)
            shard.Sweep();

        Assert.InRange(budget.Used, Most - 4 * 256, Most);
        Assert.Equal(budget.Used, swarms.Sum(static swarm => swarm.Records));
    }

    [Fact]
    public void What_closes_gives_its_room_back()
    {
        PeerBudget budget = Budget(1_000, mostPerSwarm: 1_000);
        SwarmShard shard = NewShard(budget);
        Flood(shard.Open(Definition("closing")), networks: 1);
        Assert.Equal(1, budget.Used);

        shard.Close(Definition("closing").Definition.InfoHash);

        Assert.Equal(0, budget.Used);
    }

    private static PeerBudget Budget(int mostPeers, int mostPerSwarm, int shards = 1) =>
        new(new PeerTableOptions { MostPeers = mostPeers, MostPeersPerSwarm = mostPerSwarm }, shards);

    private SwarmShard NewShard(PeerBudget budget) => new(new SwarmCensus(), budget, _clock, _random);

    private static OpenSwarm Definition(string name) =>
        new(
            new SwarmDefinition(name, "default", LedgerHarness.HashOf(name), name, Size, 65536, PeerPolicy.Everyone),
            0
        );

    private static PeerId Viewer(int number) => LedgerHarness.Peer($"viewer-{number}");

    /// <summary>Each in a network of its own.</summary>
    private static IPEndPoint ViewerAt(int number) => IPEndPoint.Parse($"93.{number}.1.1:6881");

    private static bool IsHere(Swarm swarm, int viewer) =>
        swarm.KnownViewer(Viewer(viewer), ViewerAt(viewer).Address) is not null;

    /// <summary>Somebody who was never there before, from one of so many networks.</summary>
    private void Flood(Swarm swarm, int networks)
    {
        Span<byte> id = stackalloc byte[PeerId.LengthBytes];
        _random.NextBytes(id);
        int network = _random.Next(networks);
        var address = new IPAddress([8, (byte)(network >> 8), (byte)network, (byte)_random.Next(256)]);
        Announce(swarm, new PeerId(id), new IPEndPoint(address, _random.Next(1, 65536)), Size);
    }

    private static void Announce(
        Swarm swarm,
        PeerId id,
        IPEndPoint at,
        long left,
        AnnounceEvent announceEvent = AnnounceEvent.None
    )
    {
        var announce = new SwarmAnnounce(id, at, announceEvent, 0, 0, left, 0);
        ViewerSession session = swarm.KnownViewer(id, at.Address)?.Session ?? default;
        session = session.Next(ViewerAnnounce.Of(announce), Size, UploadClaims.Unbounded);
        swarm.Announce(announce, new BookedViewer(session, 0, 0, 0));
    }
}
