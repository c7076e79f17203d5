using Distribution.Contracts.Ledgers.Logs;
using Orleans.Concurrency;

namespace Distribution.Silos.Ledgers.Logs;

[StatelessWorker]
internal sealed class AccessLogGrain(AccessLogs logs) : Grain, IAccessLogGrain
{
    public Task<LogState?> FindAsync(string firstLine) => logs.FindAsync(firstLine);

    public Task<bool> BookAsync(LogBatch batch) => logs.BookAsync(batch);

    public async Task<IReadOnlyList<LogState>> ListAsync(int limit) => await logs.ListAsync(limit);
}
