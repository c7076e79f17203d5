namespace Distribution.Contracts.Ledgers;

/// <summary>The way into the ledger for our own senders. Stateless: any activation takes it, key 0.</summary>
public interface ILedgerGrain : IGrainWithIntegerKey
{
    /// <summary>Books the counters. Durable when it returns; safe to repeat.</summary>
    Task RecordSendsAsync(SendReport report);
}
