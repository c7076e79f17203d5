namespace Distribution.Contracts.Ledgers;

/// <summary>Reads the ledger's hash chain. Stateless: any activation answers, key 0.</summary>
public interface ILedgerExportGrain : IGrainWithIntegerKey
{
    /// <summary>Closes what is booked, the open hour included, and fixes what the export holds. Durable when it returns.</summary>
    /// <param name="from">Leaves out entries that were appended before; null: everything.</param>
    Task<LedgerExport> BeginAsync(DateTimeOffset? from);

    /// <summary>The next lines after a sequence, a few hundred kilobytes at most in the usual case; empty: there are no more.</summary>
    Task<LedgerExportPage> ReadAsync(long after, long last);

    /// <summary>What signatures are checked with.</summary>
    Task<LedgerKey> GetKeyAsync();
}
