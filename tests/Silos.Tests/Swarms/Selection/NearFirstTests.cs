using Distribution.Silos.Swarms.Networks;
using Distribution.Silos.Swarms.Selection;
using Distribution.Silos.Tests.Swarms.Networks;

namespace Distribution.Silos.Tests.Swarms.Selection;

public sealed class NearFirstTests
{
    // 1.0.0.0/8 and 2.0.0.0/8 are one system in one country, 3.0.0.0/8 is another's there.
    private readonly PeerNetworks _networks = new(
        new TableOfNetworks(static address =>
            address[0] switch
            {
                1 or 2 => new NetworkFacts(64500, 7),
                3 => new NetworkFacts(64501, 7),
                _ => NetworkFacts.Unknown,
            }
        )
    );

    /// <summary>From the nearest to the furthest of 1.1.1.1.</summary>
    private static readonly string[] Steps = ["1.1.1.1:2000", "1.1.1.2:1", "2.5.5.5:1", "3.5.5.5:1", "9.9.9.9:1"];

    [Fact]
    public void A_small_swarm_is_told_whole_the_nearest_first()
    {
        var swarm = new SelectedSwarm(new SelectionOptions(), _networks);
        foreach (string endpoint in Steps.Reverse())
            swarm.Add(endpoint);
        swarm.Add("1.1.1.1:1");

        Assert.Equal(Steps, swarm.Tell("1.1.1.1:1"));
    }

    [Theory]
    [InlineData(60)]
    [InlineData(2000)]
    public void Of_a_larger_one_the_nearest_come_first_and_strangers_fill_up(int strangers)
    {
        var swarm = new SelectedSwarm(new SelectionOptions(), _networks);
        foreach (string endpoint in Steps[..^1])
            swarm.Add(endpoint);
        for (int i = 0; i < strangers; i++)
            swarm.Add($"{20 + i % 100}.{i % 50}.{i / 100}.7:1");
        swarm.Add("1.1.1.1:1");

        string[] told = swarm.Tell("1.1.1.1:1");

        Assert.Equal(Steps[..^1], told[..4]);
        Assert.Equal(50, told.Length);
        Assert.Equal(50, told.Distinct().Count());
    }

    [Fact]
    public void Without_a_database_near_is_what_shares_a_prefix()
    {
        var swarm = new SelectedSwarm();
        swarm.Add("1.1.200.2:1");
        swarm.Add("2.5.5.5:1");
        for (int i = 0; i < 100; i++)
            swarm.Add($"{20 + i}.1.1.7:1");
        swarm.Add("1.1.1.1:1");

        string[] told = swarm.Tell("1.1.1.1:1", numWant: 10);

        Assert.Equal("1.1.200.2:1", told[0]);
        Assert.Equal(10, told.Length);
    }

    [Fact]
    public void A_household_of_IPv6_is_its_64()
    {
        var swarm = new SelectedSwarm();
        swarm.Add("[2001:db8:1:2:3::1]:1");
        swarm.Add("[2001:db8:1:7::1]:1");
        swarm.Add("[2001:db8:9::1]:1");
        swarm.Add("[2a00::1]:1");
        swarm.Add("[2001:db8:1:2::9]:1");

        Assert.Equal(
            ["[2001:db8:1:2:3::1]:1", "[2001:db8:1:7::1]:1", "[2001:db8:9::1]:1", "[2a00::1]:1"],
            swarm.Tell("[2001:db8:1:2::9]:1")
        );
    }

    [Theory]
    [InlineData(80)]
    [InlineData(3000)]
    public void A_lone_viewer_of_its_network_is_told_of_as_many_as_any(int others)
    {
        var swarm = new SelectedSwarm(new SelectionOptions(), _networks);
        for (int i = 0; i < others; i++)
            swarm.Add($"1.{i % 200}.{i / 200}.7:1");
        swarm.Add("9.9.9.9:1");

        Assert.Equal(50, swarm.Tell("9.9.9.9:1").Length);
    }

    [Fact]
    public void Private_neighbours_are_told_to_their_kind_alone()
    {
        var swarm = new SelectedSwarm();
        for (int i = 0; i < 200; i++)
        {
            swarm.Add($"192.168.1.{i % 250 + 1}:{i + 1}");
            swarm.Add($"203.0.113.{i % 250 + 1}:{i + 1}");
        }
        swarm.Add("203.0.113.9:9999");
        swarm.Add("192.168.1.9:9999");

        Assert.All(
            swarm.Tell("203.0.113.9:9999"),
            static told => Assert.StartsWith("203.", told, StringComparison.Ordinal)
        );
        Assert.Contains(
            swarm.Tell("192.168.1.9:9999"),
            static told => told.StartsWith("192.168.", StringComparison.Ordinal)
        );
    }
}
