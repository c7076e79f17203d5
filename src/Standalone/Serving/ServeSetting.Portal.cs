namespace Distribution.Standalone.Serving;

// Settings of the portal, its API and who may sign in.
internal sealed partial record ServeSetting
{
    public static readonly ServeSetting OrleansDashboard = new(
        "OrleansDashboard",
        "--orleans-dashboard",
        "DISTRIBUTION_ORLEANS_DASHBOARD",
        "BOOL",
        "true: Orleans' own dashboard is served to operators below /server/orleans, and measures every call between grains; default false"
    );

    public static readonly ServeSetting ApiLimit = new(
        "ApiLimit",
        "--api-limit",
        "DISTRIBUTION_API_LIMIT",
        "COUNT",
        "Requests a second of one API key or account, after a burst of ten times as many; default 200, 0: no limit"
    );

    public static readonly ServeSetting SignInLimit = new(
        "SignInLimit",
        "--sign-in-limit",
        "DISTRIBUTION_SIGN_IN_LIMIT",
        "COUNT",
        "Attempts to sign in a minute from one address, after a burst of twice as many; default 30, 0: no limit"
    );

    public static readonly ServeSetting WebhooksPrivate = new(
        "WebhooksPrivate",
        "--webhooks-private",
        "DISTRIBUTION_WEBHOOKS_PRIVATE",
        "BOOL",
        "true: webhooks may go to private and loopback addresses, which this server reaches and publishers may not; default false"
    );

    public static readonly ServeSetting OidcAuthority = new(
        "OidcAuthority",
        "--oidc-authority",
        "DISTRIBUTION_OIDC_AUTHORITY",
        "URL",
        "An OpenID Connect provider by which members may sign in, https; needs --oidc-client-id; default none"
    );

    public static readonly ServeSetting OidcClientId = new(
        "OidcClientId",
        "--oidc-client-id",
        "DISTRIBUTION_OIDC_CLIENT_ID",
        "ID",
        "As the provider knows this server; it redirects to /sign-in/openid/callback"
    );

    public static readonly ServeSetting OidcClientSecret = new(
        "OidcClientSecret",
        "--oidc-client-secret",
        "DISTRIBUTION_OIDC_CLIENT_SECRET",
        "SECRET",
        "The provider's secret for this server, better by its environment variable; default none: PKCE alone"
    );

    public static readonly ServeSetting OidcName = new(
        "OidcName",
        "--oidc-name",
        "DISTRIBUTION_OIDC_NAME",
        "NAME",
        "What the sign-in page calls the provider; default its host"
    );
}
