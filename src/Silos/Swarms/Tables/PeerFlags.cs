namespace Distribution.Silos.Swarms.Tables;

/// <summary>What is known of a peer in one bit each. The last two bits are its <see cref="Ledgers.ViewerPhase"/>.</summary>
[Flags]
internal enum PeerFlags : byte
{
    None = 0,

    /// <summary>BEP 21: has all that it wants.</summary>
    PartialSeed = 1,

    /// <summary>The same peer is in the other address family's table.</summary>
    Dual = 2,

    /// <summary>The record holds the viewer's session as it is booked.</summary>
    HasSession = 4,

    /// <summary>The session's credit is above 0.</summary>
    HasCredit = 8,

    /// <summary>The session is completed.</summary>
    Completed = 16,

    /// <summary>It announced again some time after it came.</summary>
    CameBack = 32,
}
