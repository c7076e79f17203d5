using Distribution.Contracts.Accounts;

namespace Distribution.Dashboard.Api;

/// <param name="Secret">Only in the answer that made it.</param>
/// <param name="ExpiresAt">Null: works until it is revoked.</param>
/// <param name="LastUsedAt">To the minute; null: never.</param>
internal sealed record KeyResource(
    string Id,
    string Name,
    string Prefix,
    IReadOnlyList<string> Scopes,
    string CreatedBy,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? LastUsedAt,
    string? Secret
)
{
    public static KeyResource Of(ApiKey key, string? secret = null) =>
        new(
            key.Id,
            key.Name,
            key.Prefix,
            key.Scopes,
            key.CreatedBy,
            key.CreatedAt,
            key.ExpiresAt,
            key.LastUsedAt,
            secret
        );
}
