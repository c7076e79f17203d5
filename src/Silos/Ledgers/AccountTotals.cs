namespace Distribution.Silos.Ledgers;

/// <summary>
/// One household's bytes of one file: an address with all peer ids seen there. Fields only grow, but that the witnessed progress of a viewer that lied is taken back. What viewers got is between
/// <see cref="LowBytes"/> and <see cref="HighBytes"/>.
/// </summary>
/// <param name="WebSeedBytes">Sent by web seeds, aborted ranges included.</param>
/// <param name="DirectBytes">Sent over the plain HTTPS link.</param>
/// <param name="EdgeBytes">Sent by edges.</param>
/// <param name="WitnessedBytes">Progress that edges saw, each viewer's capped at the file's size.</param>
/// <param name="AnnouncedBytes">Decreases of <c>left</c>, each viewer's capped at the file's size.</param>
/// <param name="Viewers">Peer ids with known progress.</param>
/// <param name="HasViewers">Any peer id is known, one that still awaits metadata included.</param>
/// <param name="BookedLowBytes">What its file has of <see cref="LowBytes"/>; it books that as far as somebody says that he gave it.</param>
/// <param name="BookedHighBytes">What hours hold of <see cref="HighBytes"/>.</param>
/// <param name="CdnBytes">Sent by a CDN past our servers.</param>
/// <param name="BookedWasteBytes">As <paramref name="BookedHighBytes"/>, of <see cref="WasteBytes"/>.</param>
/// <param name="BookedSentBytes">As <paramref name="BookedLowBytes"/>, of <see cref="SentLowBytes"/>.</param>
public readonly record struct AccountTotals(
    long WebSeedBytes,
    long DirectBytes,
    long EdgeBytes,
    long WitnessedBytes,
    long AnnouncedBytes,
    long Viewers,
    bool HasViewers,
    long BookedLowBytes,
    long BookedHighBytes,
    long CdnBytes = 0,
    long BookedWasteBytes = 0,
    long BookedSentBytes = 0
)
{
    /// <summary>
    /// What was delivered at least: what edges witnessed or what we sent, whichever is more, but no more than the viewers there can
    /// hold, and what went over the plain link.
    /// </summary>
    public long LowBytes(long? sizeBytes) => Capped(OwnBytes, sizeBytes) + DirectBytes;

    /// <summary>Of <see cref="LowBytes"/>: what our side sent.</summary>
    public long SentLowBytes(long? sizeBytes) => Capped(SentBytes, sizeBytes) + DirectBytes;

    /// <summary>What was delivered at most: the larger of that and what the viewers announced.</summary>
    public long HighBytes(long? sizeBytes) => Capped(Math.Max(OwnBytes, AnnouncedBytes), sizeBytes) + DirectBytes;

    /// <summary>Of what we sent: more than the viewers there can hold. The plain link is left out, as nobody knows how often it was wanted.</summary>
    public long WasteBytes(long? sizeBytes) => SentBytes - Capped(SentBytes, sizeBytes);

    private long SentBytes => WebSeedBytes + EdgeBytes + CdnBytes;

    private long OwnBytes => Math.Max(WitnessedBytes, SentBytes);

    /// <summary>
    /// Takes over what is due since the last booking. Booked figures never fall: where a viewer becomes known later its cap holds back
    /// what comes next, not what was booked.
    /// </summary>
    public AccountTotals Book(long? sizeBytes, out long highIncrease, out long wasteIncrease)
    {
        long sent = Math.Max(BookedSentBytes, SentLowBytes(sizeBytes));
        long low = Math.Max(Math.Max(BookedLowBytes, LowBytes(sizeBytes)), sent);
        long high = Math.Max(Math.Max(BookedHighBytes, HighBytes(sizeBytes)), low);
        highIncrease = high - BookedHighBytes;
        long waste = Math.Max(BookedWasteBytes, WasteBytes(sizeBytes));
        wasteIncrease = waste - BookedWasteBytes;
        return this with
        {
            BookedLowBytes = low,
            BookedHighBytes = high,
            BookedWasteBytes = waste,
            BookedSentBytes = sent,
        };
    }

    /// <summary>Two addresses turned out to be one household.</summary>
    public AccountTotals Merge(in AccountTotals other) =>
        new(
            WebSeedBytes + other.WebSeedBytes,
            DirectBytes + other.DirectBytes,
            EdgeBytes + other.EdgeBytes,
            WitnessedBytes + other.WitnessedBytes,
            AnnouncedBytes + other.AnnouncedBytes,
            Viewers + other.Viewers,
            HasViewers || other.HasViewers,
            BookedLowBytes + other.BookedLowBytes,
            BookedHighBytes + other.BookedHighBytes,
            CdnBytes + other.CdnBytes,
            BookedWasteBytes + other.BookedWasteBytes,
            BookedSentBytes + other.BookedSentBytes
        );

    private long Capped(long bytes, long? sizeBytes)
    {
        if (sizeBytes is not { } size || !HasViewers)
            return bytes;
        Int128 cap = (Int128)size * Math.Max(1, Viewers);
        return cap < bytes ? (long)cap : bytes;
    }
}
