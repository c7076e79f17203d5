using System.Globalization;
using Distribution.Contracts.Access;
using Distribution.Contracts.Reports;
using Distribution.Dashboard.Access;
using Microsoft.AspNetCore.Http;

namespace Distribution.Dashboard.Reports;

/// <summary>How many of the publisher's viewers are kept from peers, for API and pages alike.</summary>
internal sealed class PublisherHoldout(IGrainFactory grains, IHttpContextAccessor http, AuditTrail audit)
{
    private string Publisher => AccessClaims.PublisherOf(http.HttpContext!.User);

    private IHoldoutGrain Grain => grains.GetGrain<IHoldoutGrain>(0);

    public Task<int> GetAsync() => Grain.GetAsync(Publisher);

    /// <param name="percent">0 to <see cref="HoldoutComparison.MostPercent"/>.</param>
    /// <param name="ifStill">What it must be before; null: anything.</param>
    /// <returns>False: it is something else by now.</returns>
    public async Task<bool> SetAsync(int percent, int? ifStill = null)
    {
        if (!await Grain.SetAsync(Publisher, percent, ifStill))
            return false;
        await audit.LogAsync(
            audit.Entry("holdout.changed", "", string.Create(CultureInfo.InvariantCulture, $"{percent} %"))
        );
        return true;
    }
}
