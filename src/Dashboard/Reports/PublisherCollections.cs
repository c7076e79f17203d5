using Distribution.Contracts.Access;
using Distribution.Contracts.Reports;
using Distribution.Dashboard.Access;
using Microsoft.AspNetCore.Http;

namespace Distribution.Dashboard.Reports;

/// <summary>The publisher's collections, for API and pages alike.</summary>
internal sealed class PublisherCollections(IGrainFactory grains, IHttpContextAccessor http, AuditTrail audit)
{
    private string Publisher => AccessClaims.PublisherOf(http.HttpContext!.User);

    private ICollectionGrain Grain => grains.GetGrain<ICollectionGrain>(0);

    public Task<IReadOnlyList<ReportCollection>> ListAsync() => Grain.ListAsync(Publisher);

    /// <summary>Null: the publisher has none of this name.</summary>
    public async Task<ReportCollection?> FindAsync(string name) =>
        ReportCollection.IsName(name) ? await Grain.FindAsync(Publisher, name) : null;

    /// <param name="ifStill">What it must be before; null: anything, also nothing.</param>
    /// <returns>False: it is something else by now.</returns>
    public async Task<bool> SetAsync(ReportCollection collection, ReportCollection? ifStill = null)
    {
        if (!await Grain.SetAsync(Publisher, collection, ifStill))
            return false;
        await audit.LogAsync(audit.Entry("collection.changed", collection.Name, $"{collection.FileIds.Count} files"));
        return true;
    }
}
