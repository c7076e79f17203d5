using Distribution.Silos.Swarms.Selection;

namespace Distribution.Silos.Tests.Swarms.Selection;

public sealed class OutsidersTests
{
    [Theory]
    [InlineData(25, 50, 13)]
    [InlineData(25, 4, 2)]
    [InlineData(1, 50, 2)]
    [InlineData(1, 1, 1)]
    [InlineData(100, 50, 50)]
    public void A_share_of_the_places_is_kept(int percent, int wanted, int kept)
    {
        var swarm = new SelectedSwarm();
        swarm.Add("1.1.1.1:1");

        Assert.Equal(kept, new Outsiders(percent).KeepForAnybody(swarm.ReceiverOf("1.1.1.1:1"), wanted));
    }

    [Theory]
    [InlineData(25, 13)]
    [InlineData(60, 30)]
    [InlineData(100, 50)]
    public void So_many_of_a_reply_may_be_from_elsewhere(int percent, int kept)
    {
        var swarm = new SelectedSwarm(new SelectionOptions { OutsidersPercent = percent });
        // As many neighbours as could fill a reply, in a swarm so large that hardly one of them is drawn at random.
        for (int i = 0; i < 20_000; i++)
            swarm.Add($"{20 + i % 200}.{i / 200}.1.1:1");
        for (int i = 0; i < 60; i++)
            swarm.Add($"1.1.1.{i + 1}:1");
        swarm.Add("1.1.1.200:1");

        string[] told = swarm.Tell("1.1.1.200:1");

        Assert.Equal(50, told.Length);
        int outside = told.Count(static one => !one.StartsWith("1.1.1.", StringComparison.Ordinal));
        Assert.InRange(outside, kept - 4, kept);
    }
}
