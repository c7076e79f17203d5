namespace Distribution.Contracts.Ledgers.Chain;

/// <summary>One line of a ledger's export. The format, byte for byte: docs/accounting.md. Times are Unix seconds.</summary>
/// <param name="At">When it was written.</param>
public abstract record ChainLine(long At);
