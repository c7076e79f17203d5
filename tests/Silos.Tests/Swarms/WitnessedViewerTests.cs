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

        Assert.Equal([Seen("announced", 100_000)], Witness("shown-to-one-edge", 50_000, 150_000));
        Assert.Equal([Seen("announced", 250_000)], Witness("shown-to-another", 100_000, 300_000));
        Assert.Equal([Seen("announced", Size - 50_000)], Witness("after-a-reconnection", 300_000, Size));
        Assert.Equal(1, _swarm.Snapshot(default).Seeders);
    }

    [Fact]
    public void Is_remembered_for_the_last_word_of_an_edge()
    {
        Announce(AnnounceEvent.Started, Size);
        Witness("shown", 0, 400_000);
        Announce(AnnounceEvent.Stopped, 0);

        Assert.Equal([Seen("announced", Size)], Witness("shown", 0, Size));
        Assert.Equal(0, _swarm.Snapshot(default).Seeders);

        _clock.Advance(TimeSpan.FromSeconds(SwarmPeers.RememberSeconds + 60));
        _swarm.Scrape();
        Assert.Equal([Seen("shown", Size)], Witness("shown", 0, Size));
    }

    [Fact]
    public void Is_the_shown_peer_id_where_nobody_announced_the_endpoint()
    {
        Announce(AnnounceEvent.Started, Size);

        Assert.Equal([Seen("shown", 10)], Witness("shown", 0, 10, port: 0));
        Assert.Equal([Seen("shown", 10)], Witness("shown", 0, 10, port: 6882));
    }

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

    private static WitnessedProgress Seen(string peer, long gained) => new(Peer(peer), Viewer.Address, gained);

    private static PeerId Peer(string name) =>
        PeerId.Parse(Convert.ToHexStringLower(Encoding.ASCII.GetBytes(name.PadRight(20, '.')[..20])));
}
