using Distribution.Contracts.Accounts;
using Distribution.Dashboard.Access;
using Distribution.Dashboard.Text;

namespace Distribution.Dashboard.Operating;

/// <summary>The publishers of the server and what each may store, for API and pages alike.</summary>
internal sealed class PublisherQuotas(IGrainFactory grains, AuditTrail audit, DashboardOptions options)
{
    /// <summary>A thousand petabytes.</summary>
    public const long MaxQuotaBytes = 1_000_000_000_000_000_000;

    private IPublishersGrain Grain => grains.GetGrain<IPublishersGrain>(0);

    /// <summary>Of publishers that have none of their own; 0: none.</summary>
    public long ServerQuotaBytes => options.QuotaBytes;

    public Task<IReadOnlyList<Publisher>> ListAsync() => Grain.ListAsync();

    public async Task<Publisher?> FindAsync(string publisherId) =>
        (await Grain.ListAsync()).FirstOrDefault(publisher => publisher.Id == publisherId);

    /// <summary>What holds for the publisher; 0: no quota.</summary>
    public long QuotaOf(Publisher publisher) => publisher.QuotaBytes ?? ServerQuotaBytes;

    /// <param name="quotaBytes">0: none; null: the server's own.</param>
    /// <returns>False: there is no such publisher.</returns>
    public async Task<bool> SetAsync(Publisher publisher, long? quotaBytes) =>
        await Grain.SetQuotaAsync(
            publisher.Id,
            quotaBytes,
            audit.EntryOf(
                publisher.Id,
                audit.Actor,
                "publisher.quota-changed",
                publisher.Id,
                $"{Words(publisher.QuotaBytes)} → {Words(quotaBytes)}"
            )
        ) == AccountChange.Done;

    private static string Words(long? quotaBytes) =>
        quotaBytes switch
        {
            null => "the server's",
            0 => "none",
            { } bytes => ByteText.Round(bytes),
        };
}
