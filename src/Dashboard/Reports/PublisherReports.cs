using Distribution.Contracts.Access;
using Distribution.Contracts.Costs;
using Distribution.Contracts.Reports;
using Microsoft.AspNetCore.Http;

namespace Distribution.Dashboard.Reports;

/// <summary>The publisher's savings reports, for API and pages alike.</summary>
internal sealed class PublisherReports(IGrainFactory grains, IHttpContextAccessor http)
{
    /// <param name="month">Any time in it.</param>
    public Task<MonthStatement> GetMonthAsync(DateTimeOffset month) =>
        grains.GetGrain<IReportGrain>(0).GetMonthAsync(AccessClaims.PublisherOf(http.HttpContext!.User), month);

    /// <param name="fileId">Null: all files.</param>
    /// <param name="other">Under which the same range is priced too; null: none.</param>
    public Task<SavingsReport> GetAsync(string? fileId, ReportRange range, ContractDocument? other = null) =>
        grains
            .GetGrain<IReportGrain>(0)
            .GetAsync(
                new ReportQuery(
                    AccessClaims.PublisherOf(http.HttpContext!.User),
                    fileId,
                    range.From,
                    range.To,
                    range.Bucket,
                    other?.Json
                )
            );
}
