using System.Net;
using Distribution.Contracts.Files;
using Distribution.Silos.Swarms;

namespace Distribution.Silos.Tests.Swarms.Selection;

/// <summary>The policies that cannot be switched off: seeds, edges, the publisher's word.</summary>
public sealed class FirmPoliciesTests
{
    private readonly SelectedSwarm _swarm = new();

    public FirmPoliciesTests()
    {
        for (int i = 0; i < 200; i++)
            _swarm.Add($"{20 + i}.1.1.1:{(i % 2 == 0 ? 1 : 2)}", i % 2 == 0 ? 1 : 0.5);
        _swarm.Add("20.1.1.1:9", 1);
        _swarm.Add("20.1.1.2:9", 0.5);
        _swarm.Edges.Set("edge", new SwarmEdge([IPEndPoint.Parse("198.51.100.1:6881")], DateTimeOffset.MaxValue));
    }

    [Fact]
    public void Seeds_are_told_of_leechers_alone_though_seeds_are_nearer()
    {
        string[] told = _swarm.Tell("20.1.1.1:9");

        Assert.Equal(50, told.Length);
        Assert.DoesNotContain(told, static one => one.EndsWith(":1", StringComparison.Ordinal));
        Assert.Equal("20.1.1.2:9", told[0]);
    }

    [Fact]
    public void Who_wants_no_more_is_told_as_a_seed()
    {
        Assert.All(
            _swarm.Tell("20.1.1.2:9", wantsPieces: false),
            static one => Assert.EndsWith(":2", one, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Edges_come_first_to_those_who_want_pieces_alone()
    {
        Assert.Equal("198.51.100.1:6881", _swarm.Tell("20.1.1.2:9")[0]);
        Assert.DoesNotContain("198.51.100.1:6881", _swarm.Tell("20.1.1.1:9"));
        Assert.Equal(["198.51.100.1:6881"], _swarm.Tell("20.1.1.2:9", numWant: 1));
    }

    [Fact]
    public void The_publisher_can_have_viewers_hear_of_edges_alone()
    {
        _swarm.Policy = PeerPolicy.Off;

        Assert.Equal(["198.51.100.1:6881"], _swarm.Tell("20.1.1.2:9"));
        Assert.Empty(_swarm.Tell("20.1.1.1:9"));
    }
}
