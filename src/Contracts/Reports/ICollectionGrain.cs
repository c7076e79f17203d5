namespace Distribution.Contracts.Reports;

/// <summary>The collections of publishers. Stateless: any activation answers, key 0.</summary>
public interface ICollectionGrain : IGrainWithIntegerKey
{
    /// <summary>By name.</summary>
    Task<IReadOnlyList<ReportCollection>> ListAsync(string publisherId);

    /// <summary>Null: there is none.</summary>
    Task<ReportCollection?> FindAsync(string publisherId, string name);

    /// <summary>Makes the collection what it is told; one without files is gone.</summary>
    Task SetAsync(string publisherId, ReportCollection collection);
}
