using Distribution.Silos.Announces.Limits;

namespace Distribution.Silos.Tests.Announces.Limits;

public sealed class PrefixBucketsTests
{
    private const long Cost = 1_000;
    private const long Burst = 10_000;

    private readonly PrefixBuckets _buckets = new(lines: 2);

    [Fact]
    public void A_burst_passes_and_then_the_rate()
    {
        for (int i = 0; i < 10; i++)
            Assert.Equal(0, Take(HashOf(1), now: 5));
        Assert.Equal(Cost, Take(HashOf(1), now: 5));
        Assert.Equal(400, Take(HashOf(1), now: 605));

        Assert.Equal(0, Take(HashOf(1), now: 1_005));
        Assert.Equal(Cost, Take(HashOf(1), now: 1_005));
        // Another has its own.
        Assert.Equal(0, Take(HashOf(2), now: 1_005));
    }

    [Fact]
    public void What_is_given_back_may_be_taken_again()
    {
        Drain(HashOf(1), now: 5);
        _buckets.GiveBack(HashOf(1), Cost);
        Assert.Equal(0, Take(HashOf(1), now: 5));
        Assert.Equal(Cost, Take(HashOf(1), now: 5));
        // Nobody has taken from this one, so it has nothing to give back.
        _buckets.GiveBack(HashOf(2), Cost);
        Drain(HashOf(2), now: 5);
        Assert.Equal(Cost, Take(HashOf(2), now: 5));
    }

    [Fact]
    public void Silence_fills_a_bucket_and_no_more()
    {
        Drain(HashOf(1), now: 0);
        for (int i = 0; i < 10; i++)
            Assert.Equal(0, Take(HashOf(1), now: 1_000_000));
        Assert.NotEqual(0, Take(HashOf(1), now: 1_000_000));
    }

    [Fact]
    public void In_a_full_line_whoever_owes_least_makes_room()
    {
        // All of one line: one is empty, the others owe a little.
        Drain(HashOf(1), now: 0);
        for (ulong other = 2; other <= PrefixBuckets.Ways; other++)
            Take(HashOf(other), now: (long)other);

        for (ulong newcomer = 100; newcomer < 200; newcomer++)
            Assert.Equal(0, Take(HashOf(newcomer), now: 50));

        Assert.NotEqual(0, Take(HashOf(1), now: 50));
    }

    [Fact]
    public void Whatever_comes_the_memory_is_the_same()
    {
        long before = _buckets.Bytes;
        for (ulong one = 0; one < 10_000; one++)
            Take(one * 0x9e3779b97f4a7c15, now: (long)one);
        Assert.Equal(2 * 64, before);
        Assert.Equal(before, _buckets.Bytes);
    }

    [Fact]
    public async Task Threads_together_take_no_more_than_one()
    {
        const int Threads = 4;
        int[] taken = await Task.WhenAll(
            Enumerable
                .Range(0, Threads)
                .Select(_ =>
                    Task.Run(() => Enumerable.Range(0, 1_000).Count(_ => _buckets.Take(HashOf(1), 0, 10, Burst) == 0))
                )
        );
        // A lost race lets one through; there is one in a while at the most.
        Assert.InRange(taken.Sum(), 1_000, 1_010);
    }

    /// <summary>In the first line.</summary>
    private static ulong HashOf(ulong tag) => tag << 48;

    private long Take(ulong hash, long now) => _buckets.Take(hash, now, Cost, Burst);

    private void Drain(ulong hash, long now)
    {
        while (Take(hash, now) == 0) { }
    }
}
