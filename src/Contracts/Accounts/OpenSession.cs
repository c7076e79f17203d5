namespace Distribution.Contracts.Accounts;

/// <summary>A browser in which somebody is signed in. The id gives no right: what the browser shows is sealed by the server.</summary>
/// <param name="Way">How it was opened: "link", "password", "passkey", "openid", "invitation".</param>
/// <param name="Browser">What the browser said it is, as it came; empty: nothing.</param>
/// <param name="LastSeenAt">Of its last request, to a minute.</param>
[GenerateSerializer, Immutable]
public sealed record OpenSession(
    string Id,
    string Way,
    string Browser,
    DateTimeOffset CreatedAt,
    DateTimeOffset LastSeenAt
);
