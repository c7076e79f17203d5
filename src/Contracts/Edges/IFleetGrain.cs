namespace Distribution.Contracts.Edges;

/// <summary>All edge nodes; keyed by 0. Who is enrolled and what operators want of a node are durable when a call returns.</summary>
public interface IFleetGrain : IGrainWithIntegerKey
{
    /// <summary>A token for one node.</summary>
    Task<EdgeToken> CreateTokenAsync(TimeSpan lifetime);

    /// <summary>Takes a node in. Null: done, also when it was before by the same token with the same key; else why not, for people.</summary>
    Task<string?> EnrolAsync(EdgeEnrolment enrolment);

    /// <summary>Whose key has this digest; null: nobody's, or no longer.</summary>
    Task<string?> FindNodeAsync(string keyDigest);

    /// <summary>Every node that is enrolled, or has been heard of lately, by id.</summary>
    Task<IReadOnlyList<FleetNode>> ListAsync();

    /// <summary>What the operator wants of a node from now on; retired is for good. Null: no such node.</summary>
    /// <exception cref="InvalidOperationException">It is retired.</exception>
    Task<FleetNode?> SetStateAsync(string nodeId, EdgeNodeState state);

    /// <summary>The same, only of a node that is in the state <paramref name="ifStill"/>; null: in any.</summary>
    Task<EdgeStateChange> ChangeStateAsync(string nodeId, EdgeNodeState state, EdgeNodeState? ifStill);
}
