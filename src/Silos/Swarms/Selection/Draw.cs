namespace Distribution.Silos.Swarms.Selection;

/// <summary>How candidates came together.</summary>
internal enum Draw
{
    /// <summary>Named by a policy: the best of them are told.</summary>
    Proposed,

    /// <summary>Drawn at random, for the places that nobody was proposed for; the best of them are told.</summary>
    Anybody,

    /// <summary>The swarm is small: all are told, the best first.</summary>
    Everybody,
}
