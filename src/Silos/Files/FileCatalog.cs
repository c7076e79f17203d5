using System.Globalization;
using System.Text.Json;
using Distribution.Contracts.Files;
using Distribution.Contracts.Webhooks;
using Distribution.Silos.Serialization;
using Distribution.Silos.State;
using Distribution.Silos.Webhooks;

namespace Distribution.Silos.Files;

/// <summary>
/// The files' durable records and their lists, in one table, so that a file and its place in a list can never disagree.
/// </summary>
public sealed class FileCatalog(StateDatabase database)
{
    public const int MaxLimit = 200;

    private const int MaxFound = 500;

    private const string Newest =
        "SELECT record FROM published_file WHERE publisher_id = $1 ORDER BY created_at DESC, file_id DESC LIMIT $2";
    private const string NewestBefore =
        "SELECT record FROM published_file WHERE publisher_id = $1 AND (created_at, file_id) < ($3, $4) "
        + "ORDER BY created_at DESC, file_id DESC LIMIT $2";

    private const string Versions =
        "SELECT record FROM published_file WHERE publisher_id = $1 AND (file_id = $2 OR first_version_id = $2) "
        + "ORDER BY created_at DESC, file_id DESC LIMIT $3";

    private const string Unpublished =
        "SELECT record FROM published_file WHERE state = $1 AND (created_at, file_id) < ($2, $3) "
        + "ORDER BY created_at DESC, file_id DESC LIMIT $4";

    /// <summary>Grows with every change of any silo: what was read at the same revision, or after it, is still so.</summary>
    public Task<long> ReadRevisionAsync() =>
        database.ReadAsync(static session => session.Scalar("SELECT MAX(revision) FROM published_file"));

    public Task<PublishedFile?> FindAsync(string fileId) =>
        database.ReadAsync(session =>
            session.TryQuery(
                "SELECT record FROM published_file WHERE file_id = $1",
                static row => Read(row.GetFieldValue<byte[]>(0)),
                out PublishedFile file,
                fileId
            )
                ? file
                : null
        );

    /// <summary>Of these ids the publisher's files, in any order; one read for all.</summary>
    public Task<List<PublishedFile>> FindAsync(string publisherId, IReadOnlyList<string> fileIds) =>
        database.ReadAsync(session =>
        {
            var files = new List<PublishedFile>(fileIds.Count);
            foreach (string fileId in fileIds.Take(MaxFound))
                files.AddRange(
                    session.Query(
                        "SELECT record FROM published_file WHERE file_id = $1 AND publisher_id = $2",
                        static row => Read(row.GetFieldValue<byte[]>(0)),
                        fileId,
                        publisherId
                    )
                );
            return files;
        });

    /// <summary>Makes or replaces the file's record; durable when it returns.</summary>
    /// <param name="happened">What its publisher's webhooks are told of it, together with it; null: nothing.</param>
    public async Task StoreAsync(PublishedFile file, WebhookEvent? happened = null)
    {
        byte[] record = JsonSerializer.SerializeToUtf8Bytes(file, StateJson.Options);
        await database.WriteAsync(session =>
        {
            if (happened is not null)
                Tell(session, file, happened);
            session.Execute(
                "INSERT INTO published_file (file_id, publisher_id, created_at, state, record, first_version_id, revision) "
                    + "VALUES ($1, $2, $3, $4, $5, $6, (SELECT COALESCE(MAX(revision), 0) + 1 FROM published_file)) "
                    + "ON CONFLICT (file_id) DO UPDATE SET state = excluded.state, record = excluded.record, "
                    + "revision = excluded.revision",
                file.Id,
                file.PublisherId,
                file.CreatedAt.UtcTicks,
                (int)file.State,
                record,
                file.FirstVersionId
            );
        });
    }

    private static void Tell(StateSession session, PublishedFile file, WebhookEvent happened)
    {
        WebhookOutbox.Put(session, happened);
        if (
            happened.Type == WebhookEvents.FilePublished
            && WebhookOutbox.IsWanted(session, file.PublisherId, WebhookEvents.FileReady)
        )
            session.Execute(
                "INSERT INTO webhook_ready (file_id, since) VALUES ($1, $2) ON CONFLICT (file_id) DO NOTHING",
                file.Id,
                happened.At.ToUnixTimeMilliseconds()
            );
    }

    /// <summary>A publisher's files, newest first. A cursor that cannot be read starts at the newest.</summary>
    public async Task<FilePage> ListAsync(string publisherId, string? cursor, int limit)
    {
        limit = Math.Clamp(limit, 1, MaxLimit);
        List<PublishedFile> files = await database.ReadAsync(session =>
            TryReadCursor(cursor, out long createdAt, out string fileId)
                ? session.Query(
                    NewestBefore,
                    static row => Read(row.GetFieldValue<byte[]>(0)),
                    publisherId,
                    limit + 1,
                    createdAt,
                    fileId
                )
                : session.Query(Newest, static row => Read(row.GetFieldValue<byte[]>(0)), publisherId, limit + 1)
        );
        return PageOf(files, limit);
    }

    /// <summary>A publisher's file and all that replaced it, newest first.</summary>
    public Task<List<PublishedFile>> ListVersionsAsync(string publisherId, string firstVersionId) =>
        database.ReadAsync(session =>
            session.Query(
                Versions,
                static row => Read(row.GetFieldValue<byte[]>(0)),
                publisherId,
                firstVersionId,
                MaxLimit
            )
        );

    /// <summary>Unpublished files of all publishers, newest first. A cursor that cannot be read starts at the newest.</summary>
    public async Task<FilePage> ListUnpublishedAsync(string? cursor, int limit)
    {
        limit = Math.Clamp(limit, 1, MaxLimit);
        bool goesOn = TryReadCursor(cursor, out long createdAt, out string fileId);
        List<PublishedFile> files = await database.ReadAsync(session =>
            session.Query(
                Unpublished,
                static row => Read(row.GetFieldValue<byte[]>(0)),
                (int)FileState.Unpublished,
                goesOn ? createdAt : long.MaxValue,
                fileId,
                limit + 1
            )
        );
        return PageOf(files, limit);
    }

    /// <summary>All published files of all publishers.</summary>
    public Task<List<PublishedFile>> ListPublishedAsync() =>
        database.ReadAsync(session =>
            session.Query(
                "SELECT record FROM published_file WHERE state = $1",
                static row => Read(row.GetFieldValue<byte[]>(0)),
                (int)FileState.Published
            )
        );

    /// <param name="files">One more than wanted, where there are more.</param>
    private static FilePage PageOf(List<PublishedFile> files, int limit)
    {
        if (files.Count <= limit)
            return new FilePage(files, null);
        files.RemoveAt(limit);
        PublishedFile last = files[^1];
        return new FilePage(files, $"{last.CreatedAt.UtcTicks.ToString(CultureInfo.InvariantCulture)}.{last.Id}");
    }

    private static PublishedFile Read(byte[] record) =>
        JsonSerializer.Deserialize<PublishedFile>(record, StateJson.Options)!;

    private static bool TryReadCursor(string? cursor, out long createdAt, out string fileId)
    {
        createdAt = 0;
        fileId = "";
        int dot = cursor?.IndexOf('.', StringComparison.Ordinal) ?? -1;
        if (dot < 0 || !long.TryParse(cursor.AsSpan(0, dot), CultureInfo.InvariantCulture, out createdAt))
            return false;
        fileId = cursor![(dot + 1)..];
        return true;
    }
}
