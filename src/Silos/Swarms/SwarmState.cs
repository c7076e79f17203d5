using Distribution.Contracts.Swarms;

namespace Distribution.Silos.Swarms;

/// <summary>What of a swarm is durable.</summary>
public sealed record SwarmState
{
    /// <summary>The files that hold the swarm open, the one opened last at the end: it is the one that counts. None: it is closed.</summary>
    public IReadOnlyList<SwarmDefinition> Open { get; init; } = [];

    /// <summary>What it was last, also when it is closed; null: it was never opened.</summary>
    public SwarmDefinition? Last { get; init; }

    /// <summary>This state with the file opened, or given its new policy.</summary>
    public SwarmState With(SwarmDefinition definition) =>
        Open.Contains(definition)
            ? this
            : new SwarmState
            {
                Open = Open.Any(file => file.FileId == definition.FileId)
                    ? [.. Open.Select(file => file.FileId == definition.FileId ? definition : file)]
                    : [.. Open, definition],
                Last = definition,
            };

    public SwarmState Without(string fileId) =>
        Open.Any(file => file.FileId == fileId)
            ? this with
            {
                Open = [.. Open.Where(file => file.FileId != fileId)],
            }
            : this;
}
