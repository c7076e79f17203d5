using Distribution.Contracts.Files;
using Orleans.Concurrency;

namespace Distribution.Silos.Files;

[StatelessWorker]
internal sealed class FileCatalogGrain(FileCatalog catalog) : Grain, IFileCatalogGrain
{
    public Task<FilePage> ListAsync(string publisherId, string? cursor, int limit) =>
        catalog.ListAsync(publisherId, cursor, limit);

    public async Task<IReadOnlyList<PublishedFile>> FindAsync(string publisherId, IReadOnlyList<string> fileIds) =>
        await catalog.FindAsync(publisherId, fileIds);

    public async Task<IReadOnlyList<PublishedFile>> ListVersionsAsync(string publisherId, string firstVersionId) =>
        await catalog.ListVersionsAsync(publisherId, firstVersionId);

    public Task<FilePage> ListUnpublishedAsync(string? cursor, int limit) =>
        catalog.ListUnpublishedAsync(cursor, limit);
}
