using Distribution.Contracts.Ledgers;
using Orleans.Concurrency;

namespace Distribution.Silos.Ledgers.Chain;

[StatelessWorker]
internal sealed class LedgerExportGrain(LedgerChain chain) : Grain, ILedgerExportGrain
{
    public Task<LedgerExport> BeginAsync(DateTimeOffset? from) => chain.BeginExportAsync(from);

    public Task<LedgerExportPage> ReadAsync(long after, long last) => chain.ReadAsync(after, last);

    public Task<LedgerKey> GetKeyAsync() => chain.GetKeyAsync();
}
