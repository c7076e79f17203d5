using Distribution.Contracts.Costs;
using Distribution.Contracts.Reports;
using Orleans.Concurrency;

namespace Distribution.Silos.Reports;

[StatelessWorker]
internal sealed class ReportGrain(ReportReader reader, MonthReader months, FileReader files, MonthEstimate estimate)
    : Grain,
        IReportGrain
{
    public async Task<IReadOnlyList<ReportFile>> ListFilesAsync(
        string publisherId,
        DateTimeOffset from,
        DateTimeOffset to,
        int skip,
        int limit
    ) => await files.ListAsync(publisherId, from, to, skip, limit);

    public async Task<IReadOnlyList<ReportFile>> ReadFilesAsync(
        string publisherId,
        IReadOnlyList<string> fileIds,
        DateTimeOffset from,
        DateTimeOffset to
    ) => await files.ReadAsync(publisherId, fileIds, from, to);

    public Task<SavingsReport> GetAsync(ReportQuery query) => reader.ReadAsync(query);

    public Task<CostStatement> EstimateAsync(string? contract, ReportBytes month) =>
        Task.FromResult(estimate.Price(contract, month));

    public Task<MonthStatement> GetMonthAsync(string publisherId, DateTimeOffset month) =>
        months.ReadAsync(publisherId, month);
}
