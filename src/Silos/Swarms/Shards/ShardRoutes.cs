namespace Distribution.Silos.Swarms.Shards;

/// <summary>
/// Where shards were met last, so that announces for all shards of a silo go there together. A guess: whoever is asked there says what is
/// not there any more. Any thread.
/// </summary>
internal sealed class ShardRoutes(int count)
{
    private readonly Lock _gate = new();
    private readonly SiloAddress?[] _silos = new SiloAddress?[count];

    /// <summary>By shard: the first that is on the same silo, itself where that is not known. Replaced as a whole.</summary>
    private volatile int[] _routes = [.. Enumerable.Range(0, count)];

    /// <summary>The number that stands for all shards of one silo; the shard's own while nobody knows where it is.</summary>
    public int RouteOf(int shard) => _routes[shard];

    /// <summary>Null: not known; the route is one shard's.</summary>
    public SiloAddress? SiloOf(int route)
    {
        lock (_gate)
            return _silos[route];
    }

    /// <summary>A shard answered from there.</summary>
    public void Learn(int shard, SiloAddress silo)
    {
        lock (_gate)
        {
            if (silo.Equals(_silos[shard]))
                return;
            _silos[shard] = silo;
            Draw();
        }
    }

    /// <summary>It is not there any more.</summary>
    public void Forget(int shard)
    {
        lock (_gate)
        {
            _silos[shard] = null;
            Draw();
        }
    }

    /// <summary>The silo did not answer.</summary>
    public void Forget(SiloAddress silo)
    {
        lock (_gate)
        {
            for (int shard = 0; shard < _silos.Length; shard++)
            {
                if (silo.Equals(_silos[shard]))
                    _silos[shard] = null;
            }
            Draw();
        }
    }

    private void Draw() =>
        _routes = [
            .. _silos.Select((silo, shard) => silo is null ? shard : Array.FindIndex(_silos, one => silo.Equals(one))),
        ];
}
