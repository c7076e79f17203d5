using Distribution.Contracts.Costs;
using Distribution.Contracts.Files;
using Distribution.Dashboard.Access;
using Distribution.Dashboard.Limits;
using Distribution.Dashboard.Webhooks;

namespace Distribution.Dashboard;

/// <summary>Settings of the portal, the REST API and access.</summary>
public sealed class DashboardOptions
{
    /// <summary>Where the API keys, the edge key and the keys that protect cookies are kept; made with mode 0700. Required.</summary>
    public string KeysFolder { get; set; } = "";

    /// <summary>How long a browser stays signed in after its last visit. Default: 14 days.</summary>
    public TimeSpan SessionLifetime { get; set; } = TimeSpan.FromDays(14);

    /// <summary>How long an unused sign-in link works. Default: 24 hours.</summary>
    public TimeSpan SignInLinkLifetime { get; set; } = TimeSpan.FromHours(24);

    /// <summary>What the upload page offers first. Default: v1.</summary>
    public TorrentFormat DefaultFormat { get; set; } = TorrentFormat.V1;

    /// <summary>Under which reports can be asked for beside the own one. Default: none.</summary>
    public ContractCatalogue Contracts { get; set; } = ContractCatalogue.Empty;

    /// <summary>How many may watch one file's swarm through this server at once. Default: 200.</summary>
    public int MaxLiveViewersPerFile { get; set; } = 200;

    /// <summary>How many may watch swarms through this server at once, each a connection. Default: 1,000.</summary>
    public int MaxLiveViewers { get; set; } = 1000;

    /// <summary>What each publisher may store, in bytes, as far as the operator gave it none of its own; shown to the operator. Default: 0, no quota.</summary>
    public long QuotaBytes { get; set; }

    /// <summary>Orleans' own dashboard is served to operators below <c>/server/orleans</c>. Default: false.</summary>
    public bool OrleansDashboard { get; set; }

    /// <summary>How often the portal and the API may be asked.</summary>
    public RateLimitOptions RateLimits { get; set; } = new();

    /// <summary>How webhooks are sent.</summary>
    public WebhookOptions Webhooks { get; set; } = new();

    /// <summary>Where members may sign in besides; null: nowhere. Default: null.</summary>
    public OpenIdOptions? OpenId { get; set; }

    /// <summary>Everything that is wrong, for people; empty when the settings can be used.</summary>
    public IReadOnlyList<string> Validate()
    {
        var errors = new List<string>();
        if (string.IsNullOrWhiteSpace(KeysFolder))
            errors.Add($"{nameof(KeysFolder)} is missing.");
        if (SessionLifetime < TimeSpan.FromMinutes(5) || SessionLifetime > TimeSpan.FromDays(365))
            errors.Add($"{nameof(SessionLifetime)} is {SessionLifetime}, not between 5 minutes and 365 days.");
        if (SignInLinkLifetime < TimeSpan.FromMinutes(1) || SignInLinkLifetime > TimeSpan.FromDays(7))
            errors.Add($"{nameof(SignInLinkLifetime)} is {SignInLinkLifetime}, not between 1 minute and 7 days.");
        if (MaxLiveViewersPerFile < 1)
            errors.Add($"{nameof(MaxLiveViewersPerFile)} is {MaxLiveViewersPerFile}, not at least 1.");
        if (MaxLiveViewers < 1)
            errors.Add($"{nameof(MaxLiveViewers)} is {MaxLiveViewers}, not at least 1.");
        if (QuotaBytes < 0)
            errors.Add($"{nameof(QuotaBytes)} is {QuotaBytes}, below 0.");
        errors.AddRange(RateLimits.Problems());
        errors.AddRange(Webhooks.Problems());
        return errors;
    }
}
