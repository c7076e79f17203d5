namespace Distribution.Contracts.Ledgers;

/// <summary>A sender of this process that tells the ledger in rounds. Whoever is about to read a report lets it tell what it has.</summary>
public interface IPendingSends
{
    /// <summary>Returns once all that was counted before the call is booked, or could not be.</summary>
    Task FlushAsync(CancellationToken cancellationToken);
}
