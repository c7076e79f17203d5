namespace Distribution.Contracts.Files;

/// <summary>Lists files, newest first. Stateless: any activation answers, key 0.</summary>
public interface IFileCatalogGrain : IGrainWithIntegerKey
{
    /// <param name="cursor">From the page before; null for the first.</param>
    /// <param name="limit">1 to 200.</param>
    Task<FilePage> ListAsync(string publisherId, string? cursor, int limit);

    /// <summary>Of these ids the publisher's files, in any order.</summary>
    /// <param name="fileIds">At most 500.</param>
    Task<IReadOnlyList<PublishedFile>> FindAsync(string publisherId, IReadOnlyList<string> fileIds);

    /// <summary>The versions of a file of the publisher, newest first; at most 200.</summary>
    /// <param name="firstVersionId">The first of them.</param>
    Task<IReadOnlyList<PublishedFile>> ListVersionsAsync(string publisherId, string firstVersionId);

    /// <summary>Unpublished files of all publishers, by when they were uploaded, newest first.</summary>
    /// <param name="cursor">From the page before; null for the first.</param>
    /// <param name="limit">1 to 200.</param>
    Task<FilePage> ListUnpublishedAsync(string? cursor, int limit);
}
