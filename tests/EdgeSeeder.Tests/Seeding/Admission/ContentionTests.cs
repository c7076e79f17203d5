using System.Net;
using Distribution.EdgeSeeder.Seeding;
using Distribution.EdgeSeeder.Tests.Kit;

namespace Distribution.EdgeSeeder.Tests.Seeding.Admission;

/// <summary>Who gets what where a node has less than is wanted.</summary>
public sealed class ContentionTests
{
    private const int BlockBytes = 16 * 1024;
    private const int Seconds = 10;

    private static readonly TestContent Content = new(16 << 20, 64 * 1024);

    [Theory]
    [InlineData("198.51.100.{0}")]
    [InlineData("198.{0}.7.9")]
    public void Strangers_leave_viewers_what_they_want_and_get_the_rest(string strangers)
    {
        const int Limit = 2_000_000;
        using var loop = new HandLoop(Content, new SeedingLimits());
        loop.Engine.UploadLimitBytesPerSecond = Limit;
        Crowd viewers = new(loop, Enumerable.Range(1, 5).Select(static i => $"192.0.2.{i}"), 300_000);
        Crowd others = new(loop, Enumerable.Range(1, 60).Select(i => string.Format(null, strangers, i)), Limit);
        loop.Engine.Households.Know(viewers.Addresses);

        Crowd.Run(loop, Seconds, viewers, others);

        Assert.All(viewers.Sent, static bytes => Assert.True(bytes > 0.95 * 300_000 * Seconds, $"{bytes} bytes"));
        Assert.InRange(viewers.Sent.Sum() + others.Sent.Sum(), 0.97 * Limit * Seconds, 1.03 * Limit * Seconds);
    }

    [Fact]
    public void Strangers_keep_a_tenth_when_viewers_want_everything()
    {
        const int Limit = 2_000_000;
        using var loop = new HandLoop(Content, new SeedingLimits());
        loop.Engine.UploadLimitBytesPerSecond = Limit;
        Crowd viewers = new(loop, Enumerable.Range(1, 5).Select(static i => $"192.0.2.{i}"), Limit);
        Crowd others = new(loop, Enumerable.Range(1, 20).Select(static i => $"198.51.{i}.7"), Limit);
        loop.Engine.Households.Know(viewers.Addresses);

        Crowd.Run(loop, Seconds, viewers, others);

        Assert.InRange(others.Sent.Sum(), 0.08 * Limit * Seconds, 0.13 * Limit * Seconds);
    }

    [Fact]
    public void A_neighbourhood_has_the_shares_of_four_however_many_its_addresses()
    {
        const int Limit = 4_000_000;
        using var loop = new HandLoop(Content, new SeedingLimits());
        loop.Engine.UploadLimitBytesPerSecond = Limit;
        Crowd crowd = new(loop, Enumerable.Range(1, 40).Select(static i => $"198.51.100.{i}"), Limit);
        Crowd others = new(loop, Enumerable.Range(1, 6).Select(static i => $"192.0.{i}.7"), Limit);
        loop.Engine.Households.Know([.. crowd.Addresses, .. others.Addresses]);

        Crowd.Run(loop, Seconds, crowd, others);

        double all = crowd.Sent.Sum() + others.Sent.Sum();
        Assert.InRange(crowd.Sent.Sum() / all, 0.35, 0.45);
        Assert.All(others.Sent, bytes => Assert.InRange(bytes / all, 0.08, 0.12));
    }

    [Fact]
    public void Viewers_get_the_slots_of_strangers_but_for_a_tenth()
    {
        using var loop = new HandLoop(Content, new SeedingLimits { MaxUnchoked = 20 });
        Crowd strangers = new(loop, Enumerable.Range(1, 20).Select(static i => $"198.51.100.{i}"), 0);
        Assert.Equal(20, strangers.Unchoked);
        Crowd viewers = new(loop, Enumerable.Range(1, 30).Select(static i => $"192.0.2.{i}"), 0);
        Assert.Equal(0, viewers.Unchoked);
        loop.Engine.Households.Know(viewers.Addresses);
        for (int tick = 0; tick < 20; tick++)
            loop.Engine.Slots.Rotate();
        Assert.Equal((18, 2), (viewers.Unchoked, strangers.Unchoked));
    }

    [Fact]
    public void Who_takes_much_less_than_the_others_gives_way_before_its_term_is_over()
    {
        using var loop = new HandLoop(
            Content,
            new SeedingLimits
            {
                MaxUnchoked = 4,
                UnchokeTerm = TimeSpan.FromHours(1),
                SlowTerm = TimeSpan.FromSeconds(10),
            }
        );
        Crowd served = new(loop, ["192.0.2.1", "192.0.2.2", "192.0.2.3"], 100_000);
        Crowd slow = new(loop, ["192.0.2.4"], 1000);
        Crowd waiting = new(loop, ["192.0.2.5"], 0);
        Crowd.Run(loop, 9, served, slow);
        loop.Engine.Slots.Rotate();
        Assert.Equal((3, 1, 0), (served.Unchoked, slow.Unchoked, waiting.Unchoked));
        Crowd.Run(loop, 2, served, slow);
        loop.Engine.Slots.Rotate();
        Assert.Equal((3, 0, 1), (served.Unchoked, slow.Unchoked, waiting.Unchoked));
    }

    [Fact]
    public void Who_takes_the_same_again_and_again_gets_a_strangers_share_though_the_tracker_names_it()
    {
        const int Limit = 2_000_000;
        using var loop = new HandLoop(Content, new SeedingLimits());
        loop.Engine.UploadLimitBytesPerSecond = Limit;
        Crowd viewers = new(loop, Enumerable.Range(1, 5).Select(static i => $"192.0.2.{i}"), Limit);
        Crowd others = new(loop, Enumerable.Range(1, 12).Select(static i => $"198.51.{i}.7"), Limit, takesAgain: true);
        loop.Engine.Households.Know([.. viewers.Addresses, .. others.Addresses]);

        // Until each has had what is free: half a megabyte, and a little more.
        Crowd.Run(loop, Seconds, viewers, others);
        (long before, long againBefore) = (viewers.Sent.Sum(), others.Sent.Sum());
        Crowd.Run(loop, Seconds, viewers, others);

        Assert.InRange(others.Sent.Sum() - againBefore, 0.05 * Limit * Seconds, 0.13 * Limit * Seconds);
        Assert.InRange(viewers.Sent.Sum() - before, 0.85 * Limit * Seconds, 0.95 * Limit * Seconds);
    }

    /// <summary>Peers of an address each that take a rate each, with requests always ahead.</summary>
    private sealed class Crowd
    {
        private const int Ahead = 16;

        private readonly int _bytesPerSecond;
        private readonly List<(PeerConnection Peer, ScriptedLink Link)> _peers = [];
        private readonly Dictionary<PeerConnection, long> _asked = [];

        private readonly bool _takesAgain;

        /// <param name="takesAgain">One block over and over; else each once.</param>
        public Crowd(HandLoop loop, IEnumerable<string> addresses, int bytesPerSecond, bool takesAgain = false)
        {
            _takesAgain = takesAgain;
            _bytesPerSecond = bytesPerSecond;
            foreach (string address in addresses)
            {
                var link = new ScriptedLink();
                _peers.Add((loop.Connect(link, address), link));
            }
        }

        public List<IPAddress> Addresses => [.. _peers.Select(static one => one.Peer.Remote.Address)];

        public List<long> Sent => [.. _peers.Select(static one => one.Peer.Snapshot().PayloadBytesSent)];

        public int Unchoked => _peers.Count(static one => one.Peer.Snapshot().Unchoked);

        public static void Run(HandLoop loop, int seconds, params Crowd[] crowds)
        {
            DateTimeOffset end = loop.Clock.GetUtcNow().AddSeconds(seconds);
            DateTimeOffset begin = loop.Start;
            while (loop.Clock.GetUtcNow() < end)
            {
                double at = (loop.Clock.GetUtcNow() - begin).TotalSeconds;
                foreach (Crowd crowd in crowds)
                    crowd.Ask(loop, at);
                loop.Turn();
                loop.Clock.Advance(TimeSpan.FromMilliseconds(5));
            }
        }

        private void Ask(HandLoop loop, double at)
        {
            foreach ((PeerConnection peer, ScriptedLink link) in _peers)
            {
                long asked = _asked.GetValueOrDefault(peer);
                long first = asked / BlockBytes;
                int more = 0;
                while (
                    asked < _bytesPerSecond * at + BlockBytes
                    && asked - peer.PayloadBytes < Ahead * BlockBytes
                    && more < Ahead
                )
                {
                    more++;
                    asked += BlockBytes;
                }
                _asked[peer] = asked;
                if (more == 0)
                    continue;
                link.Put(_takesAgain ? HandLoop.Requests(more) : loop.Requests(first, more));
                loop.Tell(peer);
            }
        }
    }
}
