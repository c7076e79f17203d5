using Distribution.Contracts.Access;
using Distribution.Contracts.Costs;
using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Reports;
using Microsoft.AspNetCore.Http;

namespace Distribution.Dashboard.Reports;

/// <summary>The publisher's savings reports, for API and pages alike.</summary>
internal sealed class PublisherReports(
    IGrainFactory grains,
    IHttpContextAccessor http,
    IEnumerable<IPendingSends> senders,
    TimeProvider time
)
{
    /// <summary>What senders have not told yet by then, the next report has.</summary>
    private static readonly TimeSpan LongestFlush = TimeSpan.FromSeconds(1);

    /// <param name="month">Any time in it.</param>
    public Task<MonthStatement> GetMonthAsync(DateTimeOffset month) =>
        grains.GetGrain<IReportGrain>(0).GetMonthAsync(AccessClaims.PublisherOf(http.HttpContext!.User), month);

    /// <param name="fileId">Null: all files.</param>
    /// <param name="other">Under which the same range is priced too; null: none.</param>
    /// <param name="collection">The name of the files' group; null: <paramref name="fileId"/> tells.</param>
    public async Task<SavingsReport> GetAsync(
        string? fileId,
        ReportRange range,
        ContractDocument? other = null,
        string? collection = null
    )
    {
        if (range.To >= time.GetUtcNow())
            await FlushAsync();
        return await grains
            .GetGrain<IReportGrain>(0)
            .GetAsync(
                new ReportQuery(
                    AccessClaims.PublisherOf(http.HttpContext!.User),
                    fileId,
                    range.From,
                    range.To,
                    range.Bucket,
                    other?.Json,
                    collection
                )
            );
    }

    /// <summary>A viewer says at once that it is done, our web seed tells once a second what it sent: it would look as if peers had sent it.</summary>
    private async Task FlushAsync()
    {
        using var patience = new CancellationTokenSource(LongestFlush, time);
        try
        {
            await Task.WhenAll(senders.Select(sender => sender.FlushAsync(patience.Token)));
        }
        catch (OperationCanceledException)
        {
            // The hour is not closed, and the report says so.
        }
    }
}
