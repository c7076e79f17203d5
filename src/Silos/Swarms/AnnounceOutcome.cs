namespace Distribution.Silos.Swarms;

/// <summary>What became of an announce. The values travel between silos.</summary>
internal enum AnnounceOutcome : byte
{
    /// <summary>There is a reply.</summary>
    Answered = 0,

    /// <summary>Something has to be read or booked first: ask again, and wait.</summary>
    Deferred = 1,

    /// <summary>No such swarm is open.</summary>
    Unregistered = 2,

    /// <summary>No peer could use the address.</summary>
    UnusableAddress = 3,

    /// <summary>A failure of ours; later it may work.</summary>
    Unavailable = 4,

    /// <summary>Its shard is on another silo: ask there.</summary>
    Elsewhere = 5,
}
