namespace Distribution.Contracts.Ledgers.Chain;

/// <summary>The last line of an export, signed for it: without it, something was cut off. It is no part of the chain.</summary>
/// <param name="After">0: the export is whole. Otherwise it is a part, of the entries after this one, which stands there for its hash.</param>
/// <param name="Last">The sequence of the chain's last entry.</param>
/// <param name="Head">Its hash.</param>
/// <param name="Prices">What the instance's reports reckon with, as a JSON document.</param>
/// <param name="Signature">As of <see cref="ChainCheckpoint"/>.</param>
public sealed record ChainEnd(long At, long After, long Last, ChainHash Head, string Prices, string Signature = "")
    : ChainLine(At);
