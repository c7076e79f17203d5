using Distribution.BitTorrent;
using Distribution.Contracts.Files;
using Distribution.Contracts.Links;
using Distribution.Contracts.Webhooks;
using Distribution.Silos.Files;
using Distribution.Silos.State;
using Distribution.Silos.Swarms;

namespace Distribution.Silos.Webhooks;

/// <summary>
/// Tells when a file's swarm wakes up, and when it falls asleep: somebody downloads in it, and nobody has for a while. Which are awake is kept, so
/// that a restart tells nothing twice; of several servers that look, one tells.
/// </summary>
public sealed class SwarmSleepWatch(StateDatabase database, FileCatalog files, PublicUrls urls, TimeProvider clock)
{
    /// <summary>A swarm that nobody downloads in for so long is asleep: by then those have come back whom a restart made unknown.</summary>
    public static readonly TimeSpan SleepsAfter =
        TimeSpan.FromSeconds(AnnounceInterval.LongestSeconds) + TimeSpan.FromMinutes(5);

    private const string AwakeOf =
        "SELECT w.file_id FROM webhook_awake w JOIN ledger_file f ON f.file_id = w.file_id "
        + "WHERE f.publisher_id = $1 AND f.is_current = 1";

    /// <summary>Publishers that want to hear of it; empty: there is no need to look.</summary>
    public Task<List<string>> ListPublishersAsync() =>
        database.ReadAsync(static session =>
            session
                .Query(
                    "SELECT record FROM webhook WHERE is_enabled = 1",
                    static row => WebhookOutbox.Read(row.GetFieldValue<byte[]>(0))
                )
                .Where(static webhook =>
                    webhook.Events.Any(static type => type is WebhookEvents.SwarmWoken or WebhookEvents.SwarmAsleep)
                )
                .Select(static webhook => webhook.PublisherId)
                .Distinct(StringComparer.Ordinal)
                .ToList()
        );

    /// <param name="active">Swarms in which somebody downloads now.</param>
    /// <param name="isAll">False: some could not be asked about, so none falls asleep.</param>
    public async Task TellAsync(IReadOnlyList<string> publishers, IReadOnlySet<InfoHash> active, bool isAll)
    {
        long now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (string publisher in publishers)
        {
            (List<string> downloaded, HashSet<string> awake) = await database.ReadAsync(session =>
                (
                    session
                        .Query(
                            "SELECT file_id, info_hash FROM ledger_file WHERE publisher_id = $1 AND is_current = 1 AND is_open = 1 "
                                + "AND file_id IS NOT NULL",
                            static row => (Id: row.GetString(0), Hash: new InfoHash(row.GetFieldValue<byte[]>(1))),
                            publisher
                        )
                        .Where(file => active.Contains(file.Hash))
                        .Select(static file => file.Id)
                        .ToList(),
                    session.Query(AwakeOf, static row => row.GetString(0), publisher).ToHashSet(StringComparer.Ordinal)
                )
            );
            foreach (string fileId in downloaded)
            {
                if (awake.Contains(fileId))
                    await database.WriteAsync(session =>
                        session.Execute("UPDATE webhook_awake SET seen_at = $2 WHERE file_id = $1", fileId, now)
                    );
                else
                    await ChangeAsync(
                        fileId,
                        WebhookEvents.SwarmWoken,
                        "INSERT INTO webhook_awake (file_id, seen_at) VALUES ($1, $2) ON CONFLICT (file_id) DO NOTHING",
                        now
                    );
            }
            if (!isAll)
                continue;
            foreach (string fileId in awake.Except(downloaded, StringComparer.Ordinal))
                await ChangeAsync(
                    fileId,
                    WebhookEvents.SwarmAsleep,
                    "DELETE FROM webhook_awake WHERE file_id = $1 AND seen_at <= $2",
                    now - (long)SleepsAfter.TotalMilliseconds
                );
        }
    }

    /// <param name="change">Of the file's row, with a time; who made it tells.</param>
    private async Task ChangeAsync(string fileId, string type, string change, long time)
    {
        PublishedFile? file = await files.FindAsync(fileId);
        await database.WriteAsync(session =>
        {
            if (session.Execute(change, fileId, time) > 0 && file is not null)
                WebhookOutbox.Put(session, WebhookEvent.OfFile(type, file, urls, clock.GetUtcNow()));
        });
    }
}
