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

    /// <summary>The entries are in the publisher's own log, too: it is its affair.</summary>
    /// <param name="quota">Null: as it is.</param>
    /// <param name="peersOff">Null: as it is.</param>
    /// <param name="ifStill">What must be set before; null: anything.</param>
    public Task<AccountChange> ChangeAsync(
        Publisher publisher,
        PublisherChange.QuotaWish? quota,
        bool? peersOff,
        PublisherTerms? ifStill = null
    ) =>
        Grain.ChangeAsync(
            new PublisherChange(publisher.Id, quota, peersOff, ifStill),
            Entry(publisher, "publisher.quota-changed", $"{Words(publisher.QuotaBytes)} → {Words(quota?.Bytes)}"),
            Entry(publisher, PeerSwitching.ActionOf(peersOff == true), publisher.Name)
        );

    private AuditEntry Entry(Publisher publisher, string action, string detail) =>
        audit.EntryOf(publisher.Id, audit.Actor, action, publisher.Id, detail);

    private static string Words(long? quotaBytes) =>
        quotaBytes switch
        {
            null => "the server's",
            0 => "none",
            { } bytes => ByteText.Round(bytes),
        };
}
