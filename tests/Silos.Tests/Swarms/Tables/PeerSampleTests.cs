using Distribution.Silos.Swarms.Tables;

namespace Distribution.Silos.Tests.Swarms.Tables;

public sealed class PeerSampleTests
{
    [Theory]
    [InlineData(1, 50)]
    [InlineData(2, 1)]
    [InlineData(50, 50)]
    [InlineData(51, 50)]
    [InlineData(60, 50)]
    [InlineData(101, 50)]
    [InlineData(1000, 200)]
    [InlineData(100_000, 50)]
    public void Draws_as_many_as_wanted_none_twice_and_never_the_asker(int range, int wanted)
    {
        var random = new Random(5);
        for (int round = 0; round < 200; round++)
        {
            int self = random.Next(-1, range + 1);
            List<int> drawn = Draw(range, self, wanted, random);

            int others = self >= 0 && self < range ? range - 1 : range;
            Assert.Equal(Math.Min(wanted, others), drawn.Count);
            Assert.Equal(drawn.Count, drawn.Distinct().Count());
            Assert.DoesNotContain(self, drawn);
            Assert.All(drawn, position => Assert.InRange(position, 0, range - 1));
        }
    }

    [Fact]
    public void Everybody_has_the_same_chance()
    {
        const int range = 500;
        const int rounds = 20_000;
        var random = new Random(6);
        var seen = new int[range];
        for (int round = 0; round < rounds; round++)
        {
            foreach (int position in Draw(range, 250, 50, random))
                seen[position]++;
        }
        // 50 of 499: about 2004 times each, and six standard deviations are 255.
        Assert.Equal(0, seen[250]);
        Assert.All(seen.Where((_, position) => position != 250), static count => Assert.InRange(count, 1749, 2259));
    }

    [Fact]
    public void Who_is_drawn_together_differs()
    {
        const int range = 5000;
        const int rounds = 3000;
        var random = new Random(7);
        var together = new HashSet<int>();
        int most = 0;
        var with = new int[range];
        for (int round = 0; round < rounds; round++)
        {
            List<int> drawn = Draw(range, -1, 50, random);
            if (!drawn.Contains(2500))
                continue;
            foreach (int other in drawn.Where(static one => one != 2500))
            {
                together.Add(other);
                most = Math.Max(most, ++with[other]);
            }
        }
        // Drawn about 30 times with 49 others each: mostly others each time, beside its neighbours.
        Assert.True(together.Count > 700, $"only {together.Count} different ones");
        Assert.True(most < rounds / 50, $"one of them {most} times");
    }

    [Fact]
    public void A_stride_comes_by_everybody()
    {
        var random = new Random(8);
        foreach (int range in (ReadOnlySpan<int>)[1, 2, 3, 4, 12, 97, 360])
        {
            int stride = PeerSample.StrideFor(range, random);
            Assert.Equal(
                range,
                Enumerable.Range(0, range).Select(i => (int)((long)i * stride % range)).Distinct().Count()
            );
        }
    }

    private static List<int> Draw(int range, int self, int wanted, Random random)
    {
        Span<PeerRun> runs = stackalloc PeerRun[PeerSample.MostRuns];
        int count = PeerSample.Draw(range, self, wanted, random, runs);
        var drawn = new List<int>();
        foreach (PeerRun run in runs[..count])
            drawn.AddRange(Enumerable.Range(run.Start, run.Count));
        return drawn;
    }
}
