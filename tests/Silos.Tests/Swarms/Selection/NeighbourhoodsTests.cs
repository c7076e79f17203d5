using Distribution.Silos.Swarms.Selection;

namespace Distribution.Silos.Tests.Swarms.Selection;

public sealed class NeighbourhoodsTests
{
    private static readonly SelectionOptions NearAlone = new() { Policies = ["near"], OutsidersPercent = 1 };

    [Fact]
    public void Nobody_is_told_who_has_left_or_twice_or_of_itself_through_a_long_life()
    {
        var swarm = new SelectedSwarm(NearAlone);
        var random = new Random(3);
        var here = new HashSet<string>();
        for (int step = 0; step < 20_000; step++)
        {
            string one = $"{20 + random.Next(30)}.{random.Next(3)}.{random.Next(4)}.{random.Next(1, 20)}:1";
            if (random.Next(3) == 0)
            {
                if (here.Remove(one))
                    swarm.Leave(one);
                continue;
            }
            here.Add(one);
            swarm.Add(one, random.Next(4) == 0 ? 1 : 0.5);
            string[] told = swarm.Tell(one, wantsPieces: true);
            Assert.Equal(Math.Min(50, here.Count - 1), told.Length);
            Assert.Equal(told.Length, told.Distinct().Count());
            Assert.DoesNotContain(one, told);
            Assert.Subset(here, told.ToHashSet());
        }
    }

    [Fact]
    public void Neighbours_are_found_after_others_came_and_went()
    {
        var swarm = new SelectedSwarm(NearAlone);
        string[] near = [.. Enumerable.Range(1, 20).Select(static i => $"1.1.{i}.1:1")];
        foreach (string one in near)
            swarm.Add(one);
        // Passers-by, far more than there are peers at any time.
        var passing = new Queue<string>();
        for (int i = 0; i < 30_000; i++)
        {
            string one = $"{20 + i % 200}.{i / 200 % 250}.{i / 50_000}.1:1";
            swarm.Add(one);
            passing.Enqueue(one);
            if (passing.Count > 1000)
                swarm.Leave(passing.Dequeue());
            // They announce again now and then.
            if (i % 500 == 0)
            {
                foreach (string neighbour in near)
                    swarm.Add(neighbour);
            }
        }
        foreach (string neighbour in near)
            swarm.Add(neighbour);

        string[] told = swarm.Tell(near[0]);

        Assert.InRange(told.Count(near.Contains), 15, 19);
    }

    [Theory]
    [InlineData("one")]
    [InlineData("few")]
    [InlineData("each")]
    public void Memory_is_bounded_wherever_peers_are(string spread)
    {
        var swarm = new SelectedSwarm(NearAlone);
        const int peers = 20_000;
        for (int i = 0; i < peers; i++)
            swarm.Add(
                spread switch
                {
                    "one" => $"1.1.1.{i % 250 + 1}:{i / 250 + 1}",
                    "few" => $"{20 + i % 20}.{i / 20 % 8}.{i / 160 % 32}.{i / 5120 + 1}:1",
                    _ => $"{1 + i / 256}.{i % 256}.1.1:1",
                }
            );

        // Two arrays of at most four bytes a peer, and a kilobyte.
        Assert.InRange(swarm.Four.Neighbourhoods!.Bytes, 1, 2 * (4 * peers + 1024));
    }

    [Fact]
    public void A_swarm_that_has_become_small_needs_none()
    {
        var swarm = new SelectedSwarm(NearAlone);
        for (int i = 0; i < 200; i++)
            swarm.Add($"{20 + i}.1.1.1:1");
        Assert.NotNull(swarm.Four.Neighbourhoods);

        for (int i = 10; i < 200; i++)
            swarm.Leave($"{20 + i}.1.1.1:1");
        swarm.Add("20.1.1.1:1");

        Assert.Null(swarm.Four.Neighbourhoods);
        Assert.Equal(9, swarm.Tell("20.1.1.1:1").Length);
    }
}
