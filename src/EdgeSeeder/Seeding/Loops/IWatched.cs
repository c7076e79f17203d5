namespace Distribution.EdgeSeeder.Seeding.Loops;

/// <summary>Whoever waits for a socket in a loop. All members: the loop's thread.</summary>
internal interface IWatched
{
    /// <summary>It does not know yet that it may read. Asked where the system tells states and not changes.</summary>
    bool WaitsToRead { get; }

    /// <summary>It does not know yet that it may write.</summary>
    bool WaitsToWrite { get; }

    /// <summary>Something has changed since the last call. A fault is everything.</summary>
    /// <param name="hasEnded">The other side sends no more, or the connection is lost: there is something to read until a read says so.</param>
    void Happened(bool canRead, bool canWrite, bool hasEnded);
}
