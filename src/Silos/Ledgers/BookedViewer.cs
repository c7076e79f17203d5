namespace Distribution.Silos.Ledgers;

/// <summary>A viewer as the ledger holds it after a booking.</summary>
/// <param name="FirstSeen">Unix time in seconds.</param>
/// <param name="WitnessedBytes">The most progress that any one edge saw.</param>
/// <param name="FileCompleted">Downloads of the file finished so far, by all viewers.</param>
public readonly record struct BookedViewer(
    ViewerSession Session,
    long FirstSeen,
    long WitnessedBytes,
    long FileCompleted
);
