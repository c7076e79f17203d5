using System.Security.Cryptography;
using Distribution.Contracts.Webhooks;
using Distribution.Dashboard.Access;
using Microsoft.AspNetCore.DataProtection;

namespace Distribution.Dashboard.Webhooks;

/// <summary>Secrets that sign. They have to be known to sign, so they are kept encrypted under the keys that protect cookies.</summary>
internal sealed class WebhookSecrets(IDataProtectionProvider protection, TimeProvider time)
{
    public const string Start = "whsec_";

    /// <summary>How long after a rotation the old secret signs too.</summary>
    public static readonly TimeSpan Overlap = TimeSpan.FromHours(24);

    private readonly IDataProtector _protector = protection.CreateProtector("webhooks");

    /// <summary>A new one, and how it is kept.</summary>
    public (string Secret, string Kept) Create()
    {
        string secret = Start + Secrets.Create();
        return (secret, _protector.Protect(secret));
    }

    /// <summary>Those that sign now, the newest first; none: the keys that protected them are gone.</summary>
    public IReadOnlyList<string> Of(Webhook webhook)
    {
        string?[] kept = [webhook.Secret, webhook.OldSecretUntil > time.GetUtcNow() ? webhook.OldSecret : null];
        try
        {
            return [.. kept.OfType<string>().Select(_protector.Unprotect)];
        }
        catch (CryptographicException)
        {
            return [];
        }
    }
}
