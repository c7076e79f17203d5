using Distribution.Contracts.Ledgers;
using Orleans.Concurrency;

namespace Distribution.Silos.Ledgers;

[StatelessWorker]
internal sealed class LedgerGrain(Ledger ledger) : Grain, ILedgerGrain
{
    public Task RecordSendsAsync(SendReport report) => ledger.RecordSendsAsync(report);
}
