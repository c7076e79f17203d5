using Distribution.Contracts.Files;
using Distribution.Silos.Files;

namespace Distribution.Silos.Edges;

/// <summary>The published files as nodes are assigned them: read again when any silo has changed one.</summary>
internal sealed class PublishedFiles(FileCatalog catalog)
{
    private IReadOnlyList<PublishedFile> _files = [];
    private long _revision = -1;

    public async Task<IReadOnlyList<PublishedFile>> GetAsync()
    {
        // First: what changes in between is read again the next time.
        long revision = await catalog.ReadRevisionAsync();
        if (revision != _revision)
        {
            _files = await catalog.ListPublishedAsync();
            _revision = revision;
        }
        return _files;
    }
}
