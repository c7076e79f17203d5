using Distribution.Contracts.Costs;
using Distribution.Contracts.Reports;
using Orleans.Concurrency;

namespace Distribution.Silos.Reports;

[StatelessWorker]
internal sealed class ReportGrain(ReportReader reader, MonthReader months, MonthEstimate estimate) : Grain, IReportGrain
{
    public Task<SavingsReport> GetAsync(ReportQuery query) => reader.ReadAsync(query);

    public Task<CostStatement> EstimateAsync(string? contract, ReportBytes month) =>
        Task.FromResult(estimate.Price(contract, month));

    public Task<MonthStatement> GetMonthAsync(string publisherId, DateTimeOffset month) =>
        months.ReadAsync(publisherId, month);
}
