using Distribution.Contracts.Ledgers;

namespace Distribution.Silos.Ledgers;

/// <param name="AccountKey">Null: the viewer is new.</param>
/// <param name="FirstSeen">Unix time.</param>
/// <param name="WitnessedBytes">How far it came before our machines' eyes; it only grows.</param>
/// <param name="HeldBytes">The most that it showed an edge.</param>
/// <param name="StartHeldBytes">What it held when it began, by its first real <c>left</c>; <see cref="NotTold"/>: it began as a magnet, or was not seen to begin.</param>
internal readonly record struct ViewerRow(
    long? AccountKey,
    long FirstSeen,
    ViewerSession Session,
    long WitnessedBytes,
    long HeldBytes,
    long StartHeldBytes
)
{
    public const long NotTold = -1;

    private const AnnounceAnomalies Unbelievable =
        AnnounceAnomalies.UploadAboveLine
        | AnnounceAnomalies.UploadShrank
        | AnnounceAnomalies.UploadWithoutData
        | AnnounceAnomalies.AuditWrong;

    /// <summary>False: only edges have seen this peer id. A client may show each of them another one.</summary>
    public bool HasAnnounced => Session.Phase != ViewerPhase.Unannounced;

    /// <summary>Its progress is known, so that it counts in its account's cap.</summary>
    public bool IsSettled => Session.Phase == ViewerPhase.Counted || (HasAnnounced && WitnessedBytes > 0);

    /// <summary>What it says it gave; nothing where what it says cannot be so.</summary>
    public long BelievedGivenBytes => (Session.Anomalies & Unbelievable) == 0 ? Session.GivenBytes : 0;

    /// <summary>The row once an edge has told what it saw.</summary>
    public ViewerRow After(in WitnessedProgress progress, long sizeBytes) =>
        (
            this with
            {
                WitnessedBytes = Math.Max(WitnessedBytes, Math.Min(progress.GainedBytes, sizeBytes)),
                HeldBytes = Math.Max(HeldBytes, Math.Min(progress.HeldBytes, sizeBytes)),
            }
        ).Joined();

    /// <summary>The row with the session that an announce led to.</summary>
    /// <param name="tellsMagnetsStart">
    /// What a magnet had at its start is reckoned from what it says it downloaded, and is too little where that includes what it found on its
    /// disk: it is taken of clients alone that are known to leave that out.
    /// </param>
    public ViewerRow After(in ViewerSession next, long sizeBytes, bool tellsMagnetsStart)
    {
        bool beganAnew = next.BaselineBytes != Session.BaselineBytes || Session.Phase == ViewerPhase.Unannounced;
        long start =
            Session.Phase == ViewerPhase.AwaitsMetadata && !tellsMagnetsStart ? NotTold
            : next is { Phase: ViewerPhase.Counted, BaselineBytes: > 0 } && beganAnew ? sizeBytes - next.BaselineBytes
            : StartHeldBytes;
        return (this with { Session = next, StartHeldBytes = start }).Joined();
    }

    /// <summary>
    /// An edge often sees a viewer some seconds after it began. Where its start was told to our tracker, what an edge saw it hold beyond that
    /// start was got here as well.
    /// </summary>
    private ViewerRow Joined() =>
        StartHeldBytes == NotTold
            ? this
            : this with
            {
                WitnessedBytes = Math.Max(WitnessedBytes, HeldBytes - StartHeldBytes),
            };
}
