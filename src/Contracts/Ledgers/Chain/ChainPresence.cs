namespace Distribution.Contracts.Ledgers.Chain;

/// <summary>What a viewer did in an hour.</summary>
[Flags]
public enum ChainPresence
{
    None = 0,

    /// <summary>Got anything.</summary>
    Got = 1,

    /// <summary>Claims to have uploaded anything.</summary>
    Gave = 2,
}
