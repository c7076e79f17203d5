namespace Distribution.Silos.Ledgers.Chain;

/// <summary>The chain in the database does not end as this instance left it: nothing is appended or signed on top of that.</summary>
public sealed class ChainBrokenException : Exception
{
    public ChainBrokenException() { }

    public ChainBrokenException(string message)
        : base(message) { }

    public ChainBrokenException(string message, Exception innerException)
        : base(message, innerException) { }
}
