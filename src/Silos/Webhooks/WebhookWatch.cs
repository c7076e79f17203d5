using System.Text.Json;
using Distribution.BitTorrent;
using Distribution.Contracts.Files;
using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Links;
using Distribution.Contracts.Reports;
using Distribution.Contracts.Swarms;
using Distribution.Contracts.Webhooks;
using Distribution.Silos.Files;
using Distribution.Silos.State;

namespace Distribution.Silos.Webhooks;

/// <summary>
/// Finds what happens without a request of anybody: files that an edge has taken up, months that are over, marks in the ledger. An event is made
/// of what it is about, so servers that look at the same time and a server that looks again find one event.
/// </summary>
public sealed class WebhookWatch(
    StateDatabase database,
    FileCatalog files,
    IGrainFactory grains,
    PublicUrls urls,
    TimeProvider clock
)
{
    /// <summary>A file that no edge takes up in this time is not waited for any more.</summary>
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromHours(24);

    /// <summary>Marks are looked for so far back: longer than the ledger goes on booking an hour while servers run.</summary>
    private static readonly TimeSpan MarksBack = TimeSpan.FromHours(3);

    /// <summary>Files that were published and that no edge had yet.</summary>
    public async Task FindReadyFilesAsync()
    {
        List<(string FileId, long Since)> waiting = await database.ReadAsync(static session =>
            session.Query(
                "SELECT file_id, since FROM webhook_ready ORDER BY since",
                static row => (row.GetString(0), row.GetInt64(1))
            )
        );
        foreach ((string fileId, long since) in waiting)
        {
            PublishedFile? file = await files.FindAsync(fileId);
            bool isOver =
                file is not { State: FileState.Published, Content: not null }
                || clock.GetUtcNow().ToUnixTimeMilliseconds() - since > ReadyWithin.TotalMilliseconds;
            if (!isOver && !await HasEdgeAsync(file!.Content!.InfoHash))
                continue;
            await database.WriteAsync(session =>
            {
                if (session.Execute("DELETE FROM webhook_ready WHERE file_id = $1", fileId) > 0 && !isOver)
                    WebhookOutbox.Put(
                        session,
                        WebhookEvent.OfFile(WebhookEvents.FileReady, file!, urls, clock.GetUtcNow())
                    );
            });
        }
    }

    /// <summary>The last month that is closed, for publishers whose webhooks were there by then.</summary>
    public async Task FindStatementsAsync()
    {
        DateTimeOffset now = clock.GetUtcNow();
        DateTimeOffset to = ReportBucketSize.Month.StartOf(now - MonthStatement.ClosesAfter);
        DateTimeOffset from = ReportBucketSize.Month.StartOf(to.AddDays(-1));
        DateTimeOffset closed = to + MonthStatement.ClosesAfter;
        string month = from.UtcDateTime.ToString("yyyy-MM", System.Globalization.CultureInfo.InvariantCulture);
        await PutForAsync(
            WebhookEvents.StatementReady,
            webhook => webhook.CreatedAt <= closed,
            (_, publisherId) =>
                [
                    WebhookEvent.Create(
                        publisherId,
                        WebhookEvents.StatementReady,
                        month,
                        now,
                        new
                        {
                            Month = month,
                            From = from.UtcDateTime,
                            To = to.UtcDateTime,
                            StatementUrl = $"{urls.Base}/statement/{month}",
                            ApiUrl = $"{urls.Base}/api/v1/statement/{month}",
                        }
                    ),
                ]
        );
    }

    /// <summary>The first mark of each file, hour and kind.</summary>
    public Task FindMarksAsync()
    {
        DateTimeOffset now = clock.GetUtcNow();
        long from = (now - MarksBack).ToUnixTimeSeconds();
        return PutForAsync(
            WebhookEvents.AnomalyMarked,
            static _ => true,
            (session, publisherId) =>
                session.Query(
                    "SELECT f.file_id, a.hour_start, a.kind, a.viewers FROM ledger_anomaly a "
                        + "JOIN ledger_file f ON f.file_key = a.file_key "
                        + "WHERE f.publisher_id = $1 AND a.hour_start >= $2 ORDER BY a.hour_start, f.file_id, a.kind",
                    row =>
                    {
                        string fileId = row.GetString(0);
                        DateTimeOffset hour = DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(1));
                        string kind = JsonNamingPolicy.CamelCase.ConvertName(
                            ((AnnounceAnomalies)row.GetInt32(2)).ToString()
                        );
                        return WebhookEvent.Create(
                            publisherId,
                            WebhookEvents.AnomalyMarked,
                            $"{fileId}\n{hour.ToUnixTimeSeconds()}\n{kind}",
                            now,
                            new
                            {
                                FileId = fileId,
                                Hour = hour.UtcDateTime,
                                Kind = kind,
                                Viewers = row.GetInt64(3),
                            }
                        );
                    },
                    publisherId,
                    from
                )
        );
    }

    private async Task<bool> HasEdgeAsync(InfoHash infoHash) =>
        await grains.GetGrain<ISwarmGrain>(infoHash.ToString()).GetSnapshotAsync() is { Edges: > 0 };

    private async Task PutForAsync(
        string type,
        Func<Webhook, bool> isFor,
        Func<StateSession, string, List<WebhookEvent>> find
    )
    {
        List<WebhookEvent> found = await database.ReadAsync(session =>
            session
                .Query(
                    "SELECT record FROM webhook WHERE is_enabled = 1",
                    static row => WebhookOutbox.Read(row.GetFieldValue<byte[]>(0))
                )
                .Where(webhook => webhook.Events.Contains(type, StringComparer.Ordinal) && isFor(webhook))
                .Select(static webhook => webhook.PublisherId)
                .Distinct(StringComparer.Ordinal)
                .SelectMany(publisherId => find(session, publisherId))
                .Where(happened =>
                    session.Scalar("SELECT COUNT(*) FROM webhook_event WHERE event_id = $1", happened.Id) == 0
                )
                .ToList()
        );
        if (found.Count == 0)
            return;
        await database.WriteAsync(session =>
        {
            foreach (WebhookEvent happened in found)
                WebhookOutbox.Put(session, happened, isFor);
        });
    }
}
