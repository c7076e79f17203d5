using Distribution.Contracts.Ledgers.Chain;

namespace Distribution.Silos.Ledgers.Chain;

/// <summary>The entry that the next one follows.</summary>
/// <param name="Through">As the last checkpoint says.</param>
internal readonly record struct ChainHead(long Sequence, ChainHash Hash, long At, long Through);
