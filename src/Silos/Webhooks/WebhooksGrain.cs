using Distribution.Contracts.Accounts;
using Distribution.Contracts.Webhooks;
using Orleans.Concurrency;

namespace Distribution.Silos.Webhooks;

[StatelessWorker]
internal sealed class WebhooksGrain(WebhookTable webhooks, DeliveryTable deliveries) : Grain, IWebhooksGrain
{
    public async Task<IReadOnlyList<Webhook>> ListAsync(string publisherId) => await webhooks.ListAsync(publisherId);

    public Task<bool> CreateAsync(Webhook webhook, int most, AuditEntry log) =>
        webhooks.CreateAsync(webhook, most, log);

    public Task<AccountChange> ChangeAsync(Webhook webhook, AuditEntry log) => webhooks.ChangeAsync(webhook, log);

    public Task<AccountChange> DeleteAsync(string publisherId, string webhookId, AuditEntry log, long? ifVersion) =>
        webhooks.DeleteAsync(publisherId, webhookId, log, ifVersion);

    public Task<WebhookDeliveryPage> ListDeliveriesAsync(
        string publisherId,
        string webhookId,
        string? cursor,
        int limit
    ) => deliveries.ListAsync(publisherId, webhookId, cursor, limit);

    public Task<WebhookDeliveryLog?> FindDeliveryAsync(string publisherId, string webhookId, string deliveryId) =>
        deliveries.FindAsync(publisherId, webhookId, deliveryId);

    public Task<WebhookDelivery?> RedeliverAsync(
        string publisherId,
        string webhookId,
        string deliveryId,
        AuditEntry log
    ) => deliveries.RedeliverAsync(publisherId, webhookId, deliveryId, log);

    public Task<WebhookDelivery?> TestAsync(string publisherId, string webhookId, AuditEntry log) =>
        deliveries.TestAsync(publisherId, webhookId, log);

    public Task<IReadOnlyList<WebhookJob>> TakeDueAsync(
        int count,
        int most,
        IReadOnlyDictionary<string, int> running,
        TimeSpan lease
    ) => deliveries.TakeDueAsync(count, most, running, lease);

    public Task FinishAsync(WebhookOutcome outcome) => deliveries.FinishAsync(outcome);
}
