namespace Distribution.Ingest.Transport.Plain;

/// <summary>What a plain connection is at.</summary>
internal enum PlainState
{
    /// <summary>There is none.</summary>
    Closed,

    /// <summary>It waits for a request.</summary>
    Reading,

    /// <summary>An answer is on its way.</summary>
    Sending,

    /// <summary>A handler answers later.</summary>
    Waiting,

    /// <summary>A thread of the pool reads for it from a disk, and nobody else touches it.</summary>
    Away,
}
