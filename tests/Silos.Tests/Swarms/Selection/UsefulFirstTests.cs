using Distribution.Silos.Swarms.Selection;

namespace Distribution.Silos.Tests.Swarms.Selection;

public sealed class UsefulFirstTests
{
    private const int Rounds = 400;
    private static readonly SelectionOptions UsefulAlone = new() { Policies = ["useful"] };

    [Theory]
    [InlineData(0.01, 0.95, true)]
    [InlineData(0.01, 1.0, true)]
    [InlineData(0.95, 0.01, true)]
    [InlineData(0.5, 0.95, false)]
    [InlineData(0.5, 0.01, false)]
    public void Who_has_something_for_the_other_is_told_more_often(double receiver, double candidate, bool isPreferred)
    {
        var swarm = new SelectedSwarm(UsefulAlone);
        swarm.Add("9.9.9.9:1", receiver);
        for (int i = 0; i < 200; i++)
            swarm.Add($"{20 + i}.1.1.1:1", i < 100 ? 0.5 : candidate);

        int useful = 0;
        for (int round = 0; round < Rounds; round++)
            useful += swarm.Tell("9.9.9.9:1", numWant: 10).Count(static one => First(one) >= 120);
        double share = (double)useful / (Rounds * 10);

        // Half of all are. Of two draws for each place the useful are taken first: about four fifths.
        if (isPreferred)
            Assert.InRange(share, 0.65, 1.0);
        else
            Assert.InRange(share, 0.40, 0.60);
    }

    [Fact]
    public void Others_are_told_too_where_nobody_is_useful()
    {
        var swarm = new SelectedSwarm(UsefulAlone);
        swarm.Add("9.9.9.9:1", 0.95);
        for (int i = 0; i < 200; i++)
            swarm.Add($"{20 + i}.1.1.1:1", 0.5);

        Assert.Equal(50, swarm.Tell("9.9.9.9:1").Distinct().Count());
    }

    [Fact]
    public void The_order_in_a_small_swarm_stays_that_of_nearness()
    {
        var swarm = new SelectedSwarm();
        swarm.Add("9.9.9.9:1", 0.01);
        swarm.Add("20.1.1.1:1", 0.95);
        swarm.Add("9.9.9.8:1", 0.5);

        Assert.Equal(["9.9.9.8:1", "20.1.1.1:1"], swarm.Tell("9.9.9.9:1"));
    }

    private static int First(string endpoint) =>
        int.Parse(endpoint.Split('.')[0], System.Globalization.CultureInfo.InvariantCulture);
}
