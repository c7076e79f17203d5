using System.Security.Claims;
using Distribution.Contracts.Access;
using Distribution.Contracts.Accounts;
using Distribution.Dashboard.Access;
using Distribution.Dashboard.Text;
using Microsoft.AspNetCore.Http;

namespace Distribution.Dashboard.Keys;

/// <summary>The publisher's API keys, for API and pages alike.</summary>
internal sealed class PublisherKeys(
    IGrainFactory grains,
    IHttpContextAccessor http,
    AuditTrail audit,
    TimeProvider time
)
{
    public const int MaxNameLength = 80;
    public const int MaxLifetimeDays = 3650;

    /// <summary>How long a rotated key's old secret goes on working, so that programs can be given the new one.</summary>
    public static readonly TimeSpan RotationOverlap = TimeSpan.FromHours(24);

    private const string SecretStart = "dst_key_";

    // "dst_key_" and enough to tell keys apart: 36 of its 256 bits.
    private const int PrefixLength = 14;

    private ClaimsPrincipal User => http.HttpContext!.User;

    private string Publisher => AccessClaims.PublisherOf(User);

    private IApiKeysGrain Keys => grains.GetGrain<IApiKeysGrain>(0);

    /// <summary>True for text of the form that a secret has: nothing else is looked up.</summary>
    public static bool IsSecret(string text) =>
        text.Length == SecretStart.Length + Secrets.Length && text.StartsWith(SecretStart, StringComparison.Ordinal);

    public Task<IReadOnlyList<ApiKey>> ListAsync() => Keys.ListAsync(Publisher);

    /// <summary>Makes a key. Null: <paramref name="wish"/> cannot be had, and the error says why, for people.</summary>
    public async Task<(NewKey? Key, Refusal? Error)> CreateAsync(KeyWish wish)
    {
        string name = wish.Name?.Trim() ?? "";
        string[] scopes = [.. RolePermissions.Scopes.Where(scope => wish.Scopes?.Contains(scope) == true)];
        Refusal? error =
            name.Length is 0 or > MaxNameLength || name.Any(char.IsControl)
                ? new Refusal("A key has a name of 1 to {0} characters.", MaxNameLength)
            : scopes.Length == 0 || scopes.Length != wish.Scopes!.Distinct(StringComparer.Ordinal).Count()
                ? new Refusal("Scopes are among {0}, and at least one.", string.Join(", ", RolePermissions.Scopes))
            : scopes.Any(scope => !User.May(scope))
                ? new Refusal("Nobody can give a key more than they may do themselves.")
            : wish.LifetimeDays is < 1 or > MaxLifetimeDays
                ? new Refusal("A lifetime is 1 to {0} days.", MaxLifetimeDays)
            : null;
        if (error is not null)
            return (null, error);
        DateTimeOffset now = time.GetUtcNow();
        NewKey made = Make(name, scopes, wish.LifetimeDays is { } days ? now + TimeSpan.FromDays(days) : null);
        await Keys.CreateAsync(
            made.Key,
            Secrets.Digest(made.Secret),
            audit.Entry("key.created", made.Key.Id, $"{name} ({made.Key.Prefix}…): {string.Join(", ", scopes)}")
        );
        return (made, null);
    }

    /// <summary>Null: there is no such key.</summary>
    public async Task<ApiKey?> FindAsync(string keyId) => (await ListAsync()).FirstOrDefault(key => key.Id == keyId);

    /// <param name="onlyIfStill">Only of <paramref name="old"/> as it is, else it is a conflict.</param>
    public async Task<(AccountChange Change, NewKey? Key)> RotateAsync(ApiKey old, bool onlyIfStill = false)
    {
        NewKey made = Make(old.Name, old.Scopes, old.ExpiresAt);
        AccountChange change = await Keys.RotateAsync(
            made.Key,
            Secrets.Digest(made.Secret),
            old.Id,
            time.GetUtcNow() + RotationOverlap,
            audit.Entry("key.rotated", made.Key.Id, $"{old.Name}: {old.Prefix}… → {made.Key.Prefix}…"),
            onlyIfStill ? old : null
        );
        return (change, change == AccountChange.Done ? made : null);
    }

    /// <param name="onlyIfStill">Only of <paramref name="key"/> as it is, else it is a conflict.</param>
    public Task<AccountChange> RevokeAsync(ApiKey key, bool onlyIfStill = false) =>
        Keys.RevokeAsync(Publisher, key.Id, audit.Entry("key.revoked", key.Id), onlyIfStill ? key : null);

    private NewKey Make(string name, IReadOnlyList<string> scopes, DateTimeOffset? expiresAt)
    {
        string secret = SecretStart + Secrets.Create();
        return new NewKey(
            new ApiKey
            {
                Id = Secrets.CreateId(),
                PublisherId = Publisher,
                Name = name,
                Prefix = secret[..PrefixLength],
                Scopes = [.. scopes],
                CreatedBy = User.Identity?.Name ?? "",
                CreatedAt = time.GetUtcNow(),
                ExpiresAt = expiresAt,
            },
            secret
        );
    }
}
