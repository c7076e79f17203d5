using System.Net;
using Distribution.BitTorrent;
using Distribution.Contracts.Files;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Holdouts;
using Distribution.Silos.Ledgers;
using Distribution.Silos.Swarms;
using Distribution.Silos.Swarms.Selection;
using Distribution.Silos.Swarms.Shards;
using Distribution.Silos.Tests.Ledgers;
using Microsoft.Extensions.Time.Testing;

namespace Distribution.Silos.Tests.Holdouts;

/// <summary>What the tracker tells viewers that are kept from peers, and others of them.</summary>
public sealed class HeldOutSwarmTests
{
    private const long Size = 1_000_000;

    private static readonly IPEndPoint Edge = IPEndPoint.Parse("192.0.2.9:6881");

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly HoldoutDraw _holdouts = new();
    private readonly Swarm _swarm;
    private readonly IPAddress _heldOut;
    private readonly IPAddress[] _others;

    public HeldOutSwarmTests()
    {
        _holdouts.Take([KeyValuePair.Create("default", 50)], [1]);
        var rules = new SelectionRules(new SelectionOptions(), null, holdouts: _holdouts);
        var shard = new SwarmShard(
            new SwarmCensus(),
            new PeerBudget(new PeerTableOptions(), 1),
            _clock,
            new Random(1),
            rules.Open()
        );
        var definition = new SwarmDefinition(
            "f",
            "default",
            LedgerHarness.HashOf("f"),
            "f",
            Size,
            65536,
            PeerPolicy.Everyone
        );
        _swarm = shard.Open(new OpenSwarm(definition, 0));
        ILookup<bool, IPAddress> homes = Enumerable
            .Range(1, 60)
            .Select(static i => IPAddress.Parse($"203.0.113.{i}"))
            .ToLookup(home => _holdouts.Includes("default", definition.InfoHash, home));
        _heldOut = homes[true].First();
        _others = [.. homes[false].Take(3)];
    }

    [Fact]
    public void Nobody_is_told_of_it_and_it_of_nobody()
    {
        AttachEdge();
        foreach (IPAddress other in _others)
            Announce(other, Size);
        IReadOnlyList<IPEndPoint> told = Announce(_heldOut, Size);
        Assert.Empty(told);
        Assert.DoesNotContain(At(_heldOut), Announce(_others[0], Size));
        Assert.DoesNotContain(At(_heldOut), AttachEdge());
        Assert.Equal(_others.Length, _swarm.Scrape().Leechers);
    }

    [Fact]
    public void A_magnet_is_told_of_an_edge_which_has_the_metadata()
    {
        AttachEdge();
        Announce(_others[0], Size);
        // The first of the swarm over its family, too.
        Assert.Equal([Edge], Announce(_heldOut, 16384));
    }

    [Fact]
    public void It_is_booked_at_each_announce()
    {
        Announce(_heldOut, Size);
        Assert.Null(_swarm.KnownViewer(Peer(_heldOut), _heldOut));
        Announce(_others[0], Size);
        Assert.NotNull(_swarm.KnownViewer(Peer(_others[0]), _others[0]));
    }

    [Fact]
    public void Who_was_listed_when_the_comparison_began_leaves_with_its_next_announce_that_is_booked()
    {
        _holdouts.Take([], []);
        Announce(_heldOut, Size);
        Assert.Equal(1, _swarm.Scrape().Leechers);
        _holdouts.Take([KeyValuePair.Create("default", 50)], [1]);
        Announce(_heldOut, Size / 2);
        Assert.Equal(0, _swarm.Scrape().Leechers);
    }

    private IReadOnlyList<IPEndPoint> AttachEdge() => _swarm.AttachEdge("edge", [Edge], 10);

    private IReadOnlyList<IPEndPoint> Announce(IPAddress address, long left)
    {
        var announce = new SwarmAnnounce(Peer(address), At(address), AnnounceEvent.Started, 0, 0, left, 50);
        var viewer = new BookedViewer(
            default(ViewerSession).Next(ViewerAnnounce.Of(announce), Size, UploadClaims.Unbounded),
            0,
            0,
            0
        );
        return [.. _swarm.Announce(announce, viewer).Peers.Select(static peer => peer.Endpoint)];
    }

    private static PeerId Peer(IPAddress address) => LedgerHarness.Peer(address.ToString());

    private static IPEndPoint At(IPAddress address) => new(address, 6881);
}
