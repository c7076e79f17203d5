namespace Distribution.Silos.Ledgers;

/// <summary>
/// What the low bound of one file stands on. Edges see that viewers have pieces, not where they have them from: somebody who had the file all along,
/// or shows what he does not have, looks the same. So progress beyond our own sends counts only as far as other viewers say that they gave it.
/// Such words add nothing: they can only leave out of <see cref="DueBytes"/> what was seen.
/// </summary>
/// <param name="SentBytes">Sent by our side, capped by viewers: the sum over accounts.</param>
/// <param name="SeenBytes">The larger of that and what edges saw, likewise.</param>
/// <param name="GivenBytes">What its viewers say they gave, those left out who say what cannot be so.</param>
/// <param name="BookedBytes">What hours hold.</param>
internal readonly record struct FileLow(long SentBytes, long SeenBytes, long GivenBytes, long BookedBytes)
{
    /// <summary>
    /// Clients say a little more than arrived, as what came twice was given too: measured 0.8 to 5 percent, rarely more. Where more was seen than
    /// anybody gave, somebody shows what he was not given, and would get that surplus.
    /// </summary>
    private const int SurplusShare = 16;

    /// <summary>At least so much was delivered.</summary>
    public long DueBytes
    {
        get
        {
            long beyond = Math.Max(0, SeenBytes - SentBytes);
            long given = Math.Max(0, GivenBytes);
            return SentBytes + (beyond <= given ? beyond : Math.Min(beyond, given - given / SurplusShare));
        }
    }

    /// <summary>Takes over what is due. What is booked never falls.</summary>
    public FileLow Book(out long increase)
    {
        increase = Math.Max(0, DueBytes - BookedBytes);
        return this with { BookedBytes = BookedBytes + increase };
    }
}
