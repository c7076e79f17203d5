using Distribution.Dashboard.Limits;

namespace Distribution.Standalone.Serving;

/// <summary>What the portal and the API may be asked, and may ask of others.</summary>
internal sealed record PortalOptions
{
    /// <summary>How often they may be asked.</summary>
    public RateLimitOptions RateLimits { get; init; } = new();

    /// <summary>Whether webhooks may go to private and loopback addresses. Default: false.</summary>
    public bool WebhooksPrivate { get; init; }
}
