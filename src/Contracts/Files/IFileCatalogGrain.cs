namespace Distribution.Contracts.Files;

/// <summary>Lists files, newest first. Stateless: any activation answers, key 0.</summary>
public interface IFileCatalogGrain : IGrainWithIntegerKey
{
    /// <param name="cursor">From the page before; null for the first.</param>
    /// <param name="limit">1 to 200.</param>
    Task<FilePage> ListAsync(string publisherId, string? cursor, int limit);

    /// <summary>Unpublished files of all publishers, by when they were uploaded, newest first.</summary>
    /// <param name="cursor">From the page before; null for the first.</param>
    /// <param name="limit">1 to 200.</param>
    Task<FilePage> ListUnpublishedAsync(string? cursor, int limit);
}
