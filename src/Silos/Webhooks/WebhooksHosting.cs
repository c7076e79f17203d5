using Microsoft.Extensions.DependencyInjection;

namespace Distribution.Silos.Webhooks;

/// <summary>Registers what the grains of webhooks work on; the host provides the state database and the clock.</summary>
public static class WebhooksHosting
{
    public static void AddWebhooks(this IServiceCollection services)
    {
        services.AddSingleton<WebhookTable>();
        services.AddSingleton<DeliveryTable>();
    }

    /// <summary>Registers what looks for events that no request causes; it needs the rest of the silo.</summary>
    public static void AddWebhookWatch(this IServiceCollection services)
    {
        services.AddSingleton<WebhookWatch>();
        services.AddSingleton<SwarmSleepWatch>();
        services.AddHostedService<WebhookWatcher>();
    }
}
