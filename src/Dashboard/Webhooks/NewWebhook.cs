using Distribution.Contracts.Webhooks;

namespace Distribution.Dashboard.Webhooks;

/// <param name="Secret">Shown once.</param>
public sealed record NewWebhook(Webhook Webhook, string Secret);
