using Distribution.Contracts.Reports;
using Orleans.Concurrency;

namespace Distribution.Silos.Reports;

[StatelessWorker]
internal sealed class ReportGrain(ReportReader reader) : Grain, IReportGrain
{
    public Task<SavingsReport> GetAsync(ReportQuery query) => reader.ReadAsync(query);
}
