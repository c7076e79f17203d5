using System.Net;
using System.Text;
using Distribution.BitTorrent;
using Distribution.Contracts.Edges;
using Distribution.Contracts.Files;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Ledgers;
using Distribution.Silos.Swarms;
using Distribution.Silos.Swarms.Tables;
using Microsoft.Extensions.Time.Testing;

namespace Distribution.Silos.Tests.Swarms;

/// <summary>Whose progress edges saw.</summary>
public sealed class WitnessedViewerTests
{
    private const long Size = 1_000_000;
    private static readonly IPEndPoint Viewer = IPEndPoint.Parse("203.0.113.7:6881");

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly Swarm _swarm;

    public WitnessedViewerTests() =>
        _swarm = new Swarm(
            new SwarmDefinition("f", "p", InfoHash.Parse(new string('a', 40)), "n", Size, 16384, PeerPolicy.Everyone),
            0,
            new SwarmCensus(),
            _clock,
            new Random(1)
        );

    [Fact]
    public void Is_whoever_announced_the_endpoint_whatever_peer_id_the_connection_shows()
    {
        Announce(AnnounceEvent.Started, Size);

        Assert.Equal([Seen("announced", 100_000, 150_000)], Witness("shown-to-one-edge", 50_000, 150_000));
        Assert.Equal([Seen("announced", 250_000, 300_000)], Witness("shown-to-another", 100_000, 300_000));
        Assert.Equal([Seen("announced", Size - 50_000, Size)], Witness("after-a-reconnection", 300_000, Size));
        Assert.Equal(1, _swarm.Snapshot(default).Seeders);
    }

    [Fact]
    public void Is_remembered_for_the_last_word_of_an_edge()
    {
        Announce(AnnounceEvent.Started, Size);
        Witness("shown", 0, 400_000);
        Announce(AnnounceEvent.Stopped, 0);

        Assert.Equal([Seen("announced", Size, Size)], Witness("shown", 0, Size));
        Assert.Equal(0, _swarm.Snapshot(default).Seeders);

        _clock.Advance(TimeSpan.FromSeconds(SwarmPeers.RememberSeconds + 60));
        _swarm.Scrape();
        Assert.Equal([Seen("shown", Size, Size)], Witness("shown", 0, Size));
    }

    [Fact]
    public void Is_the_shown_peer_id_where_nobody_announced_the_endpoint()
    {
        Announce(AnnounceEvent.Started, Size);

        Assert.Equal([Seen("shown", 10, 10)], Witness("shown", 0, 10, port: 0));
        Assert.Equal([Seen("shown", 10, 10)], Witness("shown", 0, 10, port: 6882));
    }

    [Fact]
    public void Who_says_that_it_is_done_is_dialled_until_an_edge_has_seen_it()
    {
        Announce(AnnounceEvent.Started, Size);
        Assert.Equal([Viewer], Attach());
        Witness("shown", 0, 900_000);

        Announce(AnnounceEvent.Completed, 0, Done);
        Assert.Equal(1, _swarm.Snapshot(default).Seeders);
        Assert.Equal([Viewer], Attach());
        Assert.Equal([Viewer], Attach());

        Witness("shown", 0, Size);
        Assert.Empty(Attach());
    }

    [Fact]
    public void Who_left_or_was_never_reached_is_not_dialled_for_ever()
    {
        Announce(AnnounceEvent.Started, Size);
        Announce(AnnounceEvent.Completed, 0, Done);
        Assert.Equal([Viewer], Attach());
        _clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Empty(Attach());

        Announce(AnnounceEvent.Completed, 0, Done with { UploadedBytes = 1 });
        Announce(AnnounceEvent.Stopped, 0, Done with { UploadedBytes = 1 });
        Assert.Empty(Attach());
    }

    private static readonly ViewerSession Done = new(ViewerPhase.Counted, Size, 0, 0, 0, true);

    private IReadOnlyList<IPEndPoint> Attach() =>
        _swarm.AttachEdge("edge", [IPEndPoint.Parse("198.51.100.1:6881")], leaseSeconds: 600);

    private void Announce(AnnounceEvent announceEvent, long left, ViewerSession session) =>
        _swarm.Announce(
            new SwarmAnnounce(Peer("announced"), Viewer, announceEvent, 0, 0, left, 0),
            new BookedViewer(session, 0, 0, 0)
        );

    private void Announce(AnnounceEvent announceEvent, long left) =>
        _swarm.Announce(new SwarmAnnounce(Peer("announced"), Viewer, announceEvent, 0, 0, left, 0), default);

    private IReadOnlyList<WitnessedProgress> Witness(string shown, long first, long held, int port = 6881) =>
        _swarm.Witness([
            new PeerProgress
            {
                InfoHash = new string('a', 40),
                PeerId = Peer(shown).ToString(),
                Address = Viewer.Address.ToString(),
                ListenPort = port,
                FirstHaveBytes = first,
                HaveBytes = held,
            },
        ]);

    private static WitnessedProgress Seen(string peer, long gained, long held) =>
        new(Peer(peer), Viewer.Address, gained, held);

    private static PeerId Peer(string name) =>
        PeerId.Parse(Convert.ToHexStringLower(Encoding.ASCII.GetBytes(name.PadRight(20, '.')[..20])));
}
