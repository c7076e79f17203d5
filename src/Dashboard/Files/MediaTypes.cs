using Distribution.Contracts.Files;

namespace Distribution.Dashboard.Files;

/// <summary>What browsers play.</summary>
internal static class MediaTypes
{
    public static bool IsPlayable(PublishedFile file) =>
        file.FolderFileCount == 0
        && (
            file.ContentType.StartsWith("video/", StringComparison.OrdinalIgnoreCase)
            || file.ContentType.StartsWith("audio/", StringComparison.OrdinalIgnoreCase)
        );
}
