namespace Distribution.Dashboard.Api;

/// <param name="Items">The file and its other versions that are or were published, newest upload first.</param>
/// <param name="CurrentId">The one that was published last, of those that are published still; null: none is.</param>
public sealed record VersionList(IReadOnlyList<FileResource> Items, string? CurrentId);
