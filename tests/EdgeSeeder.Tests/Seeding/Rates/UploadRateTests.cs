using Distribution.EdgeSeeder.Seeding;
using Distribution.EdgeSeeder.Seeding.Rates;
using Distribution.EdgeSeeder.Tests.Kit;
using Microsoft.Extensions.Time.Testing;

namespace Distribution.EdgeSeeder.Tests.Seeding.Rates;

public sealed class UploadRateTests
{
    private static readonly TestContent Content = new(1 << 20, 64 * 1024);

    [Theory]
    [InlineData(1_000)]
    [InlineData(131_072)]
    [InlineData(7_777_777)]
    [InlineData(12_500_000_000)]
    public void A_bucket_gives_its_rate_whatever_is_taken_at_once(long rate)
    {
        var clock = new FakeTimeProvider();
        var bucket = new TokenBucket(clock) { BytesPerSecond = rate };
        var random = new Random(5);
        long taken = 0;
        long started = clock.GetTimestamp();
        for (int step = 0; step < 60_000; step++)
        {
            while (bucket.FreeAt <= clock.GetTimestamp())
            {
                int bytes = (int)Math.Max(1, rate / 500) + random.Next(16 * 1024);
                bucket.Take(bytes);
                taken += bytes;
            }
            clock.Advance(TimeSpan.FromMilliseconds(5));
        }
        double seconds = clock.GetElapsedTime(started).TotalSeconds;
        // What the last send owes, and a tenth of a second that may be made up for.
        Assert.InRange(taken, rate * seconds * 0.99, rate * seconds * 1.01 + 17 * 1024);
    }

    [Fact]
    public void What_was_not_used_is_made_up_for_by_a_tenth_of_a_second_at_most()
    {
        var clock = new FakeTimeProvider();
        var bucket = new TokenBucket(clock) { BytesPerSecond = 1_000_000 };
        clock.Advance(TimeSpan.FromHours(1));
        long taken = 0;
        for (; bucket.FreeAt <= clock.GetTimestamp(); taken += 1000)
            bucket.Take(1000);
        Assert.InRange(taken, 100_000, 102_000);
    }

    [Theory]
    [InlineData(2_000_000, 0, 0, 20, 2_000_000)]
    [InlineData(0, 1_000_000, 0, 20, 1_000_000)]
    [InlineData(0, 0, 100_000, 20, 2_000_000)]
    [InlineData(0, 5_000_000, 100_000, 20, 2_000_000)]
    [InlineData(900_000, 5_000_000, 100_000, 20, 900_000)]
    public void Limits_of_node_swarm_and_peer_hold_to_two_percent_and_are_shared_evenly(
        long node,
        long swarm,
        long peer,
        int peers,
        long expected
    )
    {
        const int Seconds = 20;
        using var loop = new HandLoop(Content, new SeedingLimits());
        loop.Engine.UploadLimitBytesPerSecond = node;
        loop.Limit(swarm, peer);
        ScriptedLink[] links = [.. Enumerable.Range(0, peers).Select(_ => new ScriptedLink())];
        PeerConnection[] connections = [.. links.Select((link, i) => loop.Connect(link, $"192.0.2.{i + 1}"))];
        var asked = new long[peers];
        for (int step = 0; step < Seconds * 200; step++)
        {
            for (int i = 0; i < peers; i++)
            {
                // Always 32 blocks ahead.
                long ahead = asked[i] - connections[i].Snapshot().PayloadBytesSent;
                if (ahead > 16 * 16 * 1024)
                    continue;
                links[i].Put(HandLoop.Requests(16));
                asked[i] += 16 * 16 * 1024;
                loop.Tell(connections[i]);
            }
            loop.Turn();
            loop.Clock.Advance(TimeSpan.FromMilliseconds(5));
        }
        long[] sent = [.. connections.Select(connection => connection.Snapshot().PayloadBytesSent)];
        // A tenth of a second may be made up for at the start, and a peer may owe its last batch.
        Assert.InRange(sent.Sum(), expected * Seconds * 0.98, expected * Seconds * 1.02);
        Assert.True(sent.Min() > sent.Max() * 0.9, $"From {sent.Min()} to {sent.Max()} bytes.");
    }
}
