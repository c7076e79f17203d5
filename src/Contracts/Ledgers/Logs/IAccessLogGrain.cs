namespace Distribution.Contracts.Ledgers.Logs;

/// <summary>Takes the lines of CDNs' access logs into the ledger. Stateless: any activation takes them, key 0.</summary>
public interface IAccessLogGrain : IGrainWithIntegerKey
{
    /// <summary>Null: nothing of a log with this first line is booked.</summary>
    Task<LogState?> FindAsync(string firstLine);

    /// <summary>Books the lines. False: the log stands elsewhere than at the batch's start, and nothing was booked: look again.</summary>
    Task<bool> BookAsync(LogBatch batch);

    /// <summary>The logs that were booked last, newest first.</summary>
    Task<IReadOnlyList<LogState>> ListAsync(int limit);
}
