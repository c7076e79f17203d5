using Distribution.Contracts.Files;
using Distribution.Silos.Files;

namespace Distribution.Silos.Edges;

/// <summary>
/// The published files as nodes are assigned them: read again when this silo changed one, and at the latest after half a minute, which
/// bounds how late a change of another silo is seen.
/// </summary>
internal sealed class PublishedFiles(FileCatalog catalog, TimeProvider clock)
{
    private static readonly TimeSpan LongestAge = TimeSpan.FromSeconds(30);

    private IReadOnlyList<PublishedFile> _files = [];
    private long _version = -1;
    private DateTimeOffset _readAt;

    public async Task<IReadOnlyList<PublishedFile>> GetAsync()
    {
        long version = catalog.Version;
        DateTimeOffset now = clock.GetUtcNow();
        if (version != _version || now - _readAt > LongestAge)
        {
            _files = await catalog.ListPublishedAsync();
            _version = version;
            _readAt = now;
        }
        return _files;
    }
}
