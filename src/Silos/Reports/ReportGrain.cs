using Distribution.Contracts.Reports;
using Orleans.Concurrency;

namespace Distribution.Silos.Reports;

[StatelessWorker]
internal sealed class ReportGrain(ReportReader reader, MonthReader months) : Grain, IReportGrain
{
    public Task<SavingsReport> GetAsync(ReportQuery query) => reader.ReadAsync(query);

    public Task<MonthStatement> GetMonthAsync(string publisherId, DateTimeOffset month) =>
        months.ReadAsync(publisherId, month);
}
