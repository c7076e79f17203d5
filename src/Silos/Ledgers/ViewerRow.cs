namespace Distribution.Silos.Ledgers;

/// <param name="AccountKey">Null: the viewer is new.</param>
internal readonly record struct ViewerRow(long? AccountKey, long FirstSeen, ViewerSession Session, long WitnessedBytes)
{
    /// <summary>
    /// Its progress is known, so that it counts in its account's cap. A peer id that only edges know does not: it may be another name
    /// of one that announced.
    /// </summary>
    public bool IsCounted =>
        Session.Phase == ViewerPhase.Counted || (Session.Phase == ViewerPhase.AwaitsMetadata && WitnessedBytes > 0);
}
