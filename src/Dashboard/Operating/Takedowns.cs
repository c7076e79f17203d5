using Distribution.Contracts.Files;
using Distribution.Dashboard.Access;
using Distribution.Dashboard.Files;

namespace Distribution.Dashboard.Operating;

/// <summary>What the operator does to files of any publisher: see those that are unpublished, take one down, undo it.</summary>
internal sealed class Takedowns(IGrainFactory grains, AuditTrail audit)
{
    /// <summary>Longest reason, in UTF-16 characters.</summary>
    public const int MaxReasonLength = 200;

    public Task<FilePage> ListAsync(string? cursor, int limit) =>
        grains.GetGrain<IFileCatalogGrain>(0).ListUnpublishedAsync(string.IsNullOrEmpty(cursor) ? null : cursor, limit);

    /// <param name="fileIdOrLink">A file's id, or any link that has it.</param>
    /// <returns>Null: no file has it.</returns>
    public async Task<PublishedFile?> FindAsync(string fileIdOrLink)
    {
        foreach (string part in Candidates(fileIdOrLink))
        {
            if (PublisherFiles.IsId(part) && await FileGrain(part).GetAsync() is { } file)
                return file;
        }
        return null;
    }

    /// <param name="reason">Cleaned by <see cref="TryCleanReason"/>.</param>
    public async Task<PublishedFile> TakeDownAsync(PublishedFile file, string reason)
    {
        PublishedFile next = await FileGrain(file.Id).TakeDownAsync(reason);
        await LogAsync(file, "file.taken-down", $"{file.Title}: {reason}");
        return next;
    }

    /// <param name="onlyIfStill">Only of <paramref name="file"/> as it is.</param>
    /// <returns>Null: the file is another by now.</returns>
    /// <exception cref="InvalidOperationException">It was not published, or the time is over.</exception>
    public async Task<PublishedFile?> RestoreAsync(PublishedFile file, bool onlyIfStill = false)
    {
        PublishedFile? next = await FileGrain(file.Id).RestoreAsync(onlyIfStill ? file : null, byOperator: true);
        if (next is not null && file.State != FileState.Published)
            await LogAsync(file, "file.restored", file.Title);
        return next;
    }

    /// <summary>Trims a reason. False: it is empty, too long, or has control characters.</summary>
    public static bool TryCleanReason(string? reason, out string clean)
    {
        clean = reason?.Trim() ?? "";
        return clean.Length is > 0 and <= MaxReasonLength && !clean.Any(char.IsControl);
    }

    // In the publisher's log: it is told who took its file down.
    private Task LogAsync(PublishedFile file, string action, string detail) =>
        audit.LogAsync(audit.EntryOf(file.PublisherId, audit.Actor, action, file.Id, detail));

    private IPublishedFileGrain FileGrain(string fileId) => grains.GetGrain<IPublishedFileGrain>(fileId);

    // ".torrent" ends one of the links' parts.
    private static IEnumerable<string> Candidates(string text) =>
        text.Trim()
            .Split(['/', '?', '#', '&', '='], StringSplitOptions.RemoveEmptyEntries)
            .Select(static part =>
                part.EndsWith(".torrent", StringComparison.Ordinal) ? part[..^".torrent".Length] : part
            )
            // A magnet link has the address of the .torrent in it, escaped.
            .SelectMany(static part =>
                part.Contains('%', StringComparison.Ordinal)
                    ? Uri.UnescapeDataString(part).Split('/', StringSplitOptions.RemoveEmptyEntries)
                    : [part]
            )
            .Select(static part =>
                part.EndsWith(".torrent", StringComparison.Ordinal) ? part[..^".torrent".Length] : part
            )
            .Where(static part => part.Length >= ShortestId)
            .Take(MaxCandidates);

    private const int ShortestId = 8;
    private const int MaxCandidates = 12;
}
