using Orleans.Runtime.Placement;

namespace Distribution.Silos.Swarms.Shards;

/// <inheritdoc cref="ShardPlacement"/>
internal sealed class ShardPlacementDirector : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(
        PlacementStrategy strategy,
        PlacementTarget target,
        IPlacementContext context
    ) => Task.FromResult(ShardPlaces.Of(target.GrainIdentity.GetIntegerKey(), context.GetCompatibleSilos(target)));
}
