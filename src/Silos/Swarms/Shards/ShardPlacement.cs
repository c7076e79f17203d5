using Orleans.Placement;

namespace Distribution.Silos.Swarms.Shards;

/// <summary>A shard starts where <see cref="ShardPlaces"/> says.</summary>
[Serializable]
[GenerateSerializer]
[Immutable]
internal sealed class ShardPlacement : PlacementStrategy;

/// <inheritdoc cref="ShardPlacement"/>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class ShardPlacementAttribute() : PlacementAttribute(new ShardPlacement());
