namespace Distribution.Contracts.Reports;

/// <summary>The collections of publishers. Stateless: any activation answers, key 0.</summary>
public interface ICollectionGrain : IGrainWithIntegerKey
{
    /// <summary>By name.</summary>
    Task<IReadOnlyList<ReportCollection>> ListAsync(string publisherId);

    /// <summary>Null: there is none.</summary>
    Task<ReportCollection?> FindAsync(string publisherId, string name);

    /// <summary>Makes the collection what it is told; one without files is gone.</summary>
    /// <param name="ifStill">What it must be before; null: anything, also nothing.</param>
    /// <returns>False: it is something else, and stays.</returns>
    Task<bool> SetAsync(string publisherId, ReportCollection collection, ReportCollection? ifStill = null);
}
