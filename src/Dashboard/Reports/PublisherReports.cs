using Distribution.Contracts.Access;
using Distribution.Contracts.Costs;
using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Reports;
using Distribution.Dashboard.Files;
using Microsoft.AspNetCore.Http;

namespace Distribution.Dashboard.Reports;

/// <summary>The publisher's savings reports, for API and pages alike.</summary>
internal sealed class PublisherReports(
    IGrainFactory grains,
    IHttpContextAccessor http,
    IEnumerable<IPendingSends> senders,
    PublisherFiles files,
    TimeProvider time
)
{
    /// <summary>What senders have not told yet by then, the next report has.</summary>
    private static readonly TimeSpan LongestFlush = TimeSpan.FromSeconds(1);

    /// <param name="month">Any time in it.</param>
    public Task<MonthStatement> GetMonthAsync(DateTimeOffset month) =>
        grains.GetGrain<IReportGrain>(0).GetMonthAsync(AccessClaims.PublisherOf(http.HttpContext!.User), month);

    /// <summary>Files with any bytes in the range, the most delivered first, with their titles.</summary>
    public async Task<ReportFilePage> ListFilesAsync(ReportRange range, int skip, int limit)
    {
        string publisher = AccessClaims.PublisherOf(http.HttpContext!.User);
        IReadOnlyList<ReportFile> found = await grains
            .GetGrain<IReportGrain>(0)
            .ListFilesAsync(publisher, range.From, range.To, skip, limit + 1);
        ReportFile[] shown = [.. found.Take(limit)];
        return new ReportFilePage(
            shown,
            await files.FindTitlesAsync([.. shown.Select(static file => file.FileId)]),
            found.Count > limit ? skip + limit : null
        );
    }

    /// <summary>What each of these files brought in the range.</summary>
    public async Task<IReadOnlyDictionary<string, ReportBytes>> ReadFilesAsync(
        IReadOnlyList<string> fileIds,
        ReportRange range
    ) =>
        fileIds.Count == 0
            ? new Dictionary<string, ReportBytes>()
            : (
                await grains
                    .GetGrain<IReportGrain>(0)
                    .ReadFilesAsync(AccessClaims.PublisherOf(http.HttpContext!.User), fileIds, range.From, range.To)
            ).ToDictionary(static file => file.FileId, static file => file.Bytes);

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
