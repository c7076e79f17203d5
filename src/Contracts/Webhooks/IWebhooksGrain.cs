using Distribution.Contracts.Accounts;

namespace Distribution.Contracts.Webhooks;

/// <summary>
/// The publishers' webhooks, and the deliveries that wait for them. Every change is durable when its call returns. Stateless: any activation
/// answers, key 0.
/// </summary>
public interface IWebhooksGrain : IGrainWithIntegerKey
{
    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<Webhook>> ListAsync(string publisherId);

    /// <param name="most">A publisher may have so many; false: it has.</param>
    Task<bool> CreateAsync(Webhook webhook, int most, AuditEntry log);

    /// <summary>Stores what its owner changed; of a webhook of that version alone, else it is a conflict.</summary>
    Task<AccountChange> ChangeAsync(Webhook webhook, AuditEntry log);

    /// <summary>Deliveries that wait go with it.</summary>
    /// <param name="ifVersion">Which it must be of, else it is a conflict; null: any.</param>
    Task<AccountChange> DeleteAsync(string publisherId, string webhookId, AuditEntry log, long? ifVersion = null);

    /// <summary>Newest first.</summary>
    Task<WebhookDeliveryPage> ListDeliveriesAsync(string publisherId, string webhookId, string? cursor, int limit);

    /// <summary>Null: there is none.</summary>
    Task<WebhookDeliveryLog?> FindDeliveryAsync(string publisherId, string webhookId, string deliveryId);

    /// <summary>Sends the same event once more. Null: there is no such delivery.</summary>
    Task<WebhookDelivery?> RedeliverAsync(string publisherId, string webhookId, string deliveryId, AuditEntry log);

    /// <summary>Sends a test event to one webhook, enabled or not. Null: there is no such webhook.</summary>
    Task<WebhookDelivery?> TestAsync(string publisherId, string webhookId, AuditEntry log);

    /// <summary>Takes deliveries that are due. Whoever takes one and does not come back leaves it to the next after <paramref name="lease"/>.</summary>
    /// <param name="most">Of one webhook, less what <paramref name="running"/> has of it.</param>
    /// <param name="running">How many of which webhook the caller is at.</param>
    Task<IReadOnlyList<WebhookJob>> TakeDueAsync(
        int count,
        int most,
        IReadOnlyDictionary<string, int> running,
        TimeSpan lease
    );

    Task FinishAsync(WebhookOutcome outcome);
}
