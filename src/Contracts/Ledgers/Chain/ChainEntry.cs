namespace Distribution.Contracts.Ledgers.Chain;

/// <summary>A line that is part of the chain: it holds the hash of the one before.</summary>
/// <param name="Sequence">0 for the first; each next one is 1 more.</param>
/// <param name="Hash">Of the line up to its own hash; as a reader found it, so that whoever checks computes it again.</param>
public abstract record ChainEntry(long Sequence, long At, ChainHash Previous, ChainHash Hash) : ChainLine(At);
