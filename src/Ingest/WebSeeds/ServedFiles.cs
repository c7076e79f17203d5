using System.Collections.Concurrent;
using Distribution.Contracts.Files;
using Distribution.Ingest.Contents;
using Microsoft.Extensions.Logging;

namespace Distribution.Ingest.WebSeeds;

/// <summary>
/// Which files may be served. An answer is at most <see cref="Freshness"/> old, so that a takedown is felt within that; while the silos do not
/// answer, the last word holds, because a web seed that says no is dropped by its clients for good.
/// </summary>
internal sealed class ServedFiles(
    IContentStore store,
    IGrainFactory grains,
    TimeProvider clock,
    ILogger<ServedFiles> logger
)
{
    public static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);

    // While a cluster fails over, nobody answers for seconds: a request waits for that instead of failing.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(500);
    private const int MaxEntries = 20_000;

    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>Null: unknown, or not whole yet. Strangers' guesses never reach a grain: the store is asked first.</summary>
    /// <exception cref="OrleansException">Nobody could say, for all our patience.</exception>
    /// <exception cref="TimeoutException">The same.</exception>
    public async ValueTask<ServedFile?> FindAsync(string fileId, CancellationToken cancellation)
    {
        if (!FileIds.IsValid(fileId))
            return null;
        long now = clock.GetTimestamp();
        if (_entries.TryGetValue(fileId, out Entry? entry) && clock.GetElapsedTime(entry.AskedAt, now) < Freshness)
            return entry.File;
        StoredContent? stored = entry?.File.Stored ?? await store.FindAsync(fileId, cancellation);
        if (stored is null)
            return null;
        PublishedFile? record = await AskAsync(fileId, entry is not null, cancellation);
        if (record is null && entry is not null)
            return entry.File;
        if (record is null)
            return null;
        var file = new ServedFile(stored, record.State, record.PublishedAt ?? record.CreatedAt)
        {
            Paths = entry?.File.Paths ?? new ServedPaths(stored),
        };
        if (_entries.Count >= MaxEntries)
            _entries.Clear();
        _entries[fileId] = new Entry(file, now);
        return file;
    }

    /// <summary>What <see cref="FindAsync"/> would answer at once; null: it would have to ask.</summary>
    public ServedFile? TryFind(string fileId) =>
        _entries.TryGetValue(fileId, out Entry? entry) && clock.GetElapsedTime(entry.AskedAt) < Freshness
            ? entry.File
            : null;

    private async Task<PublishedFile?> AskAsync(string fileId, bool hasOldAnswer, CancellationToken cancellation)
    {
        long started = clock.GetTimestamp();
        while (true)
        {
            try
            {
                return await grains.GetGrain<IPublishedFileGrain>(fileId).GetAsync();
            }
            catch (Exception e) when (hasOldAnswer)
            {
                logger.LogWarning(e, "Nobody answers for file {FileId}; its last known state holds", fileId);
                return null;
            }
            catch (Exception e) when (clock.GetElapsedTime(started) < Patience)
            {
                logger.LogDebug(e, "Nobody answers for file {FileId}", fileId);
            }
            await Task.Delay(Retry, clock, cancellation);
        }
    }

    private sealed record Entry(ServedFile File, long AskedAt);
}
