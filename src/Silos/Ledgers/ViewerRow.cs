namespace Distribution.Silos.Ledgers;

/// <param name="AccountKey">Null: the viewer is new.</param>
internal readonly record struct ViewerRow(long? AccountKey, long FirstSeen, ViewerSession Session, long WitnessedBytes)
{
    /// <summary>Its progress is known, so that it counts in its account's cap.</summary>
    public bool IsSettled => Session.Phase == ViewerPhase.Counted || WitnessedBytes > 0;
}
