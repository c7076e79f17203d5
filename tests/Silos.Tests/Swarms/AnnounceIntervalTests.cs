using Distribution.Contracts.Swarms;
using Distribution.Silos.Swarms;

namespace Distribution.Silos.Tests.Swarms;

public sealed class AnnounceIntervalTests
{
    public static MatrixTheoryData<AnnounceTransport, bool, bool> Kinds =>
        new(Enum.GetValues<AnnounceTransport>(), [false, true], [false, true]);

    /// <summary>The shortest and the longest that is drawn.</summary>
    [Theory]
    // Small, whatever its age: newcomers find each other soon.
    [InlineData(AnnounceTransport.Udp, 1, false, true, 30, 45)]
    [InlineData(AnnounceTransport.Udp, 1, false, false, 30, 36)]
    [InlineData(AnnounceTransport.Http, 300, false, false, 30, 36)]
    [InlineData(AnnounceTransport.WebSocket, 1, false, false, 60, 72)]
    [InlineData(AnnounceTransport.Udp, 1, true, false, 60, 72)]
    [InlineData(AnnounceTransport.WebSocket, 1, true, false, 120, 144)]
    // Large: UDP bears twice as many.
    [InlineData(AnnounceTransport.Udp, 10_000, false, false, 500, 600)]
    [InlineData(AnnounceTransport.Http, 10_000, false, false, 1000, 1200)]
    [InlineData(AnnounceTransport.WebSocket, 10_000, false, false, 1000, 1200)]
    [InlineData(AnnounceTransport.Udp, 10_000, true, false, 1000, 1200)]
    // Large and young: half of that, drawn wider.
    [InlineData(AnnounceTransport.Udp, 10_000, false, true, 250, 375)]
    [InlineData(AnnounceTransport.Http, 10_000, false, true, 500, 750)]
    // Beyond the longest: still drawn.
    [InlineData(AnnounceTransport.Udp, 1_000_000, false, false, 1500, 1800)]
    [InlineData(AnnounceTransport.Http, int.MaxValue, true, false, 1500, 1800)]
    [InlineData(AnnounceTransport.Http, int.MaxValue, true, true, 1200, 1800)]
    public void A_swarm_s_interval(
        AnnounceTransport transport,
        int peers,
        bool isSeed,
        bool isYoung,
        int shortest,
        int longest
    )
    {
        Assert.Equal(shortest, AnnounceInterval.SecondsFor(peers, isSeed, transport, isYoung, 0));
        Assert.Equal(longest, AnnounceInterval.SecondsFor(peers, isSeed, transport, isYoung, 1));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void It_grows_with_the_swarm_and_stays_within_bounds(AnnounceTransport transport, bool isSeed, bool isYoung)
    {
        int before = 0;
        for (long peers = 0; peers <= int.MaxValue; peers = peers * 3 / 2 + 1)
        {
            foreach (double spread in (double[])[0, 0.5, 1])
            {
                int seconds = AnnounceInterval.SecondsFor((int)peers, isSeed, transport, isYoung, spread);
                Assert.InRange(seconds, AnnounceInterval.ShortestSeconds, AnnounceInterval.LongestSeconds);
            }
            int now = AnnounceInterval.SecondsFor((int)peers, isSeed, transport, isYoung, 0.5);
            Assert.InRange(now, before, AnnounceInterval.LongestSeconds);
            before = now;
        }
    }

    [Fact]
    public void Those_who_come_together_after_an_outage_are_apart_after_three_rounds()
    {
        const int peers = 1000;
        var random = new Random(7);
        var bySecond = new Dictionary<int, int>();
        for (int i = 0; i < peers; i++)
        {
            int at = 0;
            for (int round = 0; round < 3; round++)
                at += AnnounceInterval.SecondsFor(peers, false, AnnounceTransport.Udp, true, random.NextDouble());
            bySecond[at] = bySecond.GetValueOrDefault(at) + 1;
        }
        // Evenly they would be 27 a second.
        Assert.InRange(bySecond.Values.Max(), 1, 90);
    }

    [Fact]
    public void Nobody_is_asked_to_wait_longer_than_it_is_remembered()
    {
        foreach (int interval in (int[])[AnnounceInterval.ShortestSeconds, 700, AnnounceInterval.LongestSeconds])
        {
            Assert.InRange(AnnounceInterval.MinSecondsFor(interval), 1, interval);
            Assert.InRange(AnnounceInterval.ExpirySecondsFor(interval), interval + 1, int.MaxValue);
        }
    }
}
