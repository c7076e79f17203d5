using Distribution.Contracts.Files;

namespace Distribution.Dashboard.Files;

/// <summary>A file and everything that replaced it. Each is a file of its own: links, info-hash, report, takedown.</summary>
/// <param name="all">Newest upload first.</param>
public sealed class FileVersions(IReadOnlyList<PublishedFile> all)
{
    /// <summary>Those that are or were published, newest upload first.</summary>
    public IReadOnlyList<PublishedFile> Published { get; } = [.. all.Where(static file => file.CanBeReplaced())];

    /// <summary>The one that was published last, of those that are published still; null: none is.</summary>
    public PublishedFile? Current { get; } =
        all.Where(static file => file.State == FileState.Published)
            .OrderBy(static file => file.PublishedAt)
            .ThenBy(static file => file.CreatedAt)
            .ThenBy(static file => file.Id, StringComparer.Ordinal)
            .LastOrDefault();

    /// <summary>The current one where that is another than <paramref name="file"/> and was published after it; null otherwise.</summary>
    public PublishedFile? NewerThan(PublishedFile file) =>
        Current is { } current && current.Id != file.Id && !(current.PublishedAt < file.PublishedAt) ? current : null;
}
