using Distribution.Contracts.Reports;

namespace Distribution.Dashboard.Api;

/// <summary>Files that have a report together.</summary>
/// <param name="Files">Their ids.</param>
public sealed record CollectionResource(string Name, IReadOnlyList<string> Files)
{
    public static CollectionResource Of(ReportCollection collection) => new(collection.Name, collection.FileIds);
}
