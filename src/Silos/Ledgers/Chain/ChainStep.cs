namespace Distribution.Silos.Ledgers.Chain;

/// <summary>What one transaction made of the chain.</summary>
/// <param name="Head">A checkpoint.</param>
/// <param name="IsFinished">Nothing of what was asked for is left to append.</param>
internal readonly record struct ChainStep(ChainHead Head, bool IsFinished);
