using System.Net;
using Distribution.Silos.Swarms.Shards;

namespace Distribution.Silos.Tests.Swarms.Shards;

public sealed class ShardRoutesTests
{
    private static readonly SiloAddress One = SiloAddress.New(IPAddress.Loopback, 1, 1);
    private static readonly SiloAddress Two = SiloAddress.New(IPAddress.Loopback, 2, 1);

    private readonly ShardRoutes _routes = new(6);

    [Fact]
    public void Shards_of_one_silo_have_one_route()
    {
        Assert.Equal([0, 1, 2, 3, 4, 5], Routes());
        Assert.Null(_routes.SiloOf(3));
        foreach (int shard in (int[])[1, 3, 5])
            _routes.Learn(shard, One);
        _routes.Learn(4, Two);
        _routes.Learn(2, Two);

        Assert.Equal([0, 1, 2, 1, 2, 1], Routes());
        Assert.Equal((One, Two), (_routes.SiloOf(1), _routes.SiloOf(2)));

        // One shard moves, and then a silo ends.
        _routes.Learn(1, Two);
        Assert.Equal([0, 1, 1, 3, 1, 3], Routes());
        _routes.Forget(1);
        Assert.Equal([0, 1, 2, 3, 2, 3], Routes());
        _routes.Forget(One);
        Assert.Equal([0, 1, 2, 3, 2, 5], Routes());
        Assert.Null(_routes.SiloOf(3));
    }

    private int[] Routes() => [.. Enumerable.Range(0, 6).Select(_routes.RouteOf)];
}
