namespace Distribution.Silos.Ledgers;

/// <param name="AccountKey">Null: the viewer is new.</param>
internal readonly record struct ViewerRow(long? AccountKey, long FirstSeen, ViewerSession Session, long WitnessedBytes)
{
    /// <summary>False: only edges have seen this peer id. A client may show each of them another one.</summary>
    public bool HasAnnounced => Session.Phase != ViewerPhase.Unannounced;

    /// <summary>Its progress is known, so that it counts in its account's cap.</summary>
    public bool IsSettled => Session.Phase == ViewerPhase.Counted || (HasAnnounced && WitnessedBytes > 0);
}
