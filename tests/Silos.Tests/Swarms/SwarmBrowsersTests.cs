using System.Net;
using Distribution.BitTorrent;
using Distribution.Contracts.Files;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Announces.Browsers;
using Distribution.Silos.Ledgers;
using Distribution.Silos.Swarms;
using Distribution.Silos.Swarms.Tables;
using Distribution.Silos.Tests.Ledgers;
using Microsoft.Extensions.Time.Testing;

namespace Distribution.Silos.Tests.Swarms;

/// <summary>The browsers of a swarm, without sockets.</summary>
public sealed class SwarmBrowsersTests
{
    private const long Size = 1_000_000;
    private static readonly InfoHash File = LedgerHarness.HashOf("file");

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly SwarmCensus _census = new();
    private readonly Swarm _swarm;
    private readonly Gateway _gateway = new();

    public SwarmBrowsersTests() => _swarm = NewSwarm(PeerPolicy.Everyone);

    [Fact]
    public void Offers_go_to_others_and_a_seeds_to_leechers_alone()
    {
        Announce("seed", 1, left: 0);
        Announce("partial", 2, left: 5, announceEvent: AnnounceEvent.Paused);
        Announce("leecher", 3, left: Size);

        Assert.Equal([1, 2, 3], Sockets(Announce("me", 4, left: Size, offers: 10)));
        Assert.Equal([3, 4], Sockets(Announce("another seed", 5, left: 0, offers: 10)));
        Assert.Equal([3, 4], Sockets(Announce("partial", 2, left: 5, offers: 10, announceEvent: AnnounceEvent.Paused)));
        Assert.Empty(Sockets(Announce("me", 4, left: Size, offers: 0)));
        Assert.Equal(2, Announce("me", 4, left: Size, offers: 2).OffersTo.Distinct().Count());
    }

    [Fact]
    public void Everybody_is_chosen_as_often()
    {
        for (int i = 0; i < 20; i++)
            Announce($"peer-{i}", i, left: Size);
        var chosen = new int[20];

        for (int round = 0; round < 2000; round++)
        {
            foreach (long socket in Sockets(Announce("me", 99, left: Size, offers: 5)))
                chosen[socket]++;
        }

        // 500 each; the standard deviation is below 25.
        Assert.All(chosen, static count => Assert.InRange(count, 375, 625));
    }

    [Fact]
    public void Who_can_be_dialled_hears_of_no_browser_and_they_count_together()
    {
        Announce("seed", 1, left: 0);
        Announce("leecher", 2, left: Size);
        var dialled = new SwarmAnnounce(
            LedgerHarness.Peer("dialled"),
            IPEndPoint.Parse("203.0.113.1:1"),
            AnnounceEvent.Started,
            0,
            0,
            Size,
            50
        );

        AnnounceReply reply = _swarm.Announce(dialled, Booked(Size));

        Assert.Empty(reply.Peers);
        Assert.Equal((1, 2), (reply.Seeders, reply.Leechers));
        Assert.Equal((1, 2), (_swarm.Scrape().Seeders, _swarm.Scrape().Leechers));
        Assert.Equal(new SwarmCounts(1, 2, 0), _census.Total);
        Assert.Equal([1, 2], Sockets(Announce("me", 3, left: Size, offers: 10)));
    }

    [Fact]
    public void A_socket_that_closes_takes_out_its_own_alone()
    {
        BrowserContact old = Contact(1);
        Announce("one", 1, left: Size);
        // Back over another socket, before the old one is known to be gone.
        Announce("one", 2, left: Size);

        _swarm.Leave(LedgerHarness.Peer("one"), old);
        Assert.Equal(1, _swarm.Scrape().Leechers);
        _swarm.Leave(LedgerHarness.Peer("one"), Contact(2));
        _swarm.Leave(LedgerHarness.Peer("one"), Contact(2));

        Assert.Equal(default, _census.Total);
    }

    [Fact]
    public void Who_stops_is_gone_and_comes_back()
    {
        Announce("one", 1, left: 0);
        Assert.Equal((0, 0), Counts(Announce("one", 1, left: 0, announceEvent: AnnounceEvent.Stopped)));
        Assert.Null(_swarm.ContactOf(LedgerHarness.Peer("one")));
        Assert.Equal((0, 1), Counts(Announce("one", 1, left: Size)));
        Assert.Equal((1, 0), Counts(Announce("one", 1, left: 0, announceEvent: AnnounceEvent.Completed)));
    }

    [Fact]
    public void A_strangers_announce_with_a_known_id_is_refused()
    {
        Announce("one", 1, left: Size);

        BrowserReply reply = Announce("one", 2, left: 0, address: "198.51.100.9");

        Assert.Equal("this peer_id is another's", reply.FailureReason);
        Assert.Equal(1, _swarm.ContactOf(LedgerHarness.Peer("one"))!.Socket);
        Assert.Equal((0, 1), (_swarm.Scrape().Seeders, _swarm.Scrape().Leechers));
    }

    [Fact]
    public void Whose_silo_died_is_let_go()
    {
        int interval = Announce("one", 1, left: Size).IntervalSeconds;

        _clock.Advance(TimeSpan.FromSeconds(AnnounceInterval.ExpirySecondsFor(interval) + 16));

        Assert.Equal(0, _swarm.Scrape().Leechers);
    }

    [Fact]
    public void What_says_nothing_new_is_known_until_the_file_is_another()
    {
        Announce("one", 1, left: 400_000);
        var address = IPAddress.Parse("203.0.113.77");

        Assert.NotNull(_swarm.KnownBrowser(LedgerHarness.Peer("one"), address));
        Assert.Null(_swarm.KnownBrowser(LedgerHarness.Peer("one"), IPAddress.Loopback));
        Assert.Null(_swarm.KnownBrowser(LedgerHarness.Peer("two"), address));
        Assert.Equal(0.6, _swarm.Snapshot(default).DistributedCopies, 3);

        _swarm.Follow(_swarm.Definition with { FileId = "another" }, 0);
        Assert.Null(_swarm.KnownBrowser(LedgerHarness.Peer("one"), address));
    }

    [Fact]
    public void With_peers_off_nobody_is_told()
    {
        Swarm swarm = NewSwarm(PeerPolicy.Off);
        Announce("one", 1, left: Size, swarm: swarm);

        Assert.Empty(Announce("two", 2, left: Size, offers: 5, swarm: swarm).OffersTo);
        Assert.Null(swarm.ContactOf(LedgerHarness.Peer("one")));
    }

    [Fact]
    public void The_table_holds_what_it_was_told()
    {
        var random = new Random(1);
        var table = new BrowserPeers();
        var model = new Dictionary<int, bool>();
        for (int step = 0; step < 20_000; step++)
        {
            int who = random.Next(50);
            PeerId id = LedgerHarness.Peer($"peer-{who}");
            bool isSeed = random.Next(2) == 0;
            if (random.Next(3) == 0)
            {
                table.Remove(id);
                model.Remove(who);
            }
            else if (table.Find(id) is { } known)
            {
                table.SetSeed(known, isSeed);
                model[who] = isSeed;
            }
            else
            {
                table.Add(
                    new BrowserPeer
                    {
                        Id = id,
                        Address = IPAddress.Loopback,
                        Contact = Contact(who),
                        IsSeed = isSeed,
                    }
                );
                model[who] = isSeed;
            }
            Assert.Equal(model.Count, table.Count);
            Assert.Equal(model.Values.Count(static seed => seed), table.Seeds);
            Assert.Equal(model.ContainsKey(who), table.Find(id) is not null);
        }
    }

    [Fact]
    public void Those_who_watch_see_browsers_among_the_others()
    {
        Announce("seed", 1, left: 0);
        Announce("half", 2, left: Size / 2);

        SwarmLive live = _swarm.Live(default);

        Assert.Equal((1, 1, 2), (live.Now.Seeders, live.Now.Leechers, live.Browsers));
        Assert.Equal([0, 0, 0, 0, 0, 1, 0, 0, 0, 0], live.LeechersByTenth);
    }

    private BrowserReply Announce(
        string name,
        long socket,
        long left,
        int offers = 0,
        AnnounceEvent announceEvent = AnnounceEvent.None,
        string address = "203.0.113.77",
        Swarm? swarm = null
    ) =>
        (swarm ?? _swarm).Announce(
            new BrowserAnnounce(
                LedgerHarness.Peer(name),
                IPAddress.Parse(address),
                announceEvent,
                0,
                0,
                left,
                offers,
                Contact(socket)
            ),
            Booked(left)
        );

    private static BookedViewer Booked(long left) =>
        new(new ViewerSession(ViewerPhase.Counted, Size, left, 0, 0, left == 0), 0, 0, 0);

    private BrowserContact Contact(long socket) => new(_gateway, socket, File);

    private static long[] Sockets(BrowserReply reply) =>
        [.. reply.OffersTo.Select(static contact => contact.Socket).Order()];

    private static (int Seeders, int Leechers) Counts(BrowserReply reply) => (reply.Seeders, reply.Leechers);

    private Swarm NewSwarm(PeerPolicy policy) =>
        new(new SwarmDefinition("id", "default", File, "name", Size, 65536, policy), 0, _census, _clock, new Random(7));

    private sealed class Gateway : IBrowserGateway
    {
        public ValueTask DeliverAsync(long socket, byte[] message) => ValueTask.CompletedTask;
    }
}
