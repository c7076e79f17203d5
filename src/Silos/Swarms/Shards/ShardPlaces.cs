namespace Distribution.Silos.Swarms.Shards;

/// <summary>Which silo a shard belongs on: they go round the silos in the order of their addresses, so that each has as many.</summary>
internal static class ShardPlaces
{
    /// <param name="silos">Those that live; at least one.</param>
    public static SiloAddress Of(long shard, IEnumerable<SiloAddress> silos)
    {
        SiloAddress[] inOrder = [.. silos.OrderBy(static silo => silo.ToParsableString(), StringComparer.Ordinal)];
        return inOrder[(int)(shard % inOrder.Length)];
    }
}
