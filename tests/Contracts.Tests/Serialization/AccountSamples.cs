using Distribution.Contracts.Access;
using Distribution.Contracts.Accounts;
using Distribution.Contracts.Files;
using Distribution.Contracts.Requests;
using Distribution.Contracts.Webhooks;

namespace Distribution.Contracts.Tests.Serialization;

/// <summary>One of each message about accounts, with no field left at its default.</summary>
internal static class AccountSamples
{
    private static readonly DateTimeOffset Time = new(2025, 6, 1, 10, 0, 0, TimeSpan.Zero);

    private static readonly AccountLogin Login = new("issuer", "subject", "Shown ü");

    private static readonly AccountPasskey Passkey = new()
    {
        CredentialId = [1, 2],
        PublicKey = [3],
        Name = "phone",
        CreatedAt = Time,
        SignCount = 4,
        Transports = ["internal"],
        IsUserVerified = true,
        IsBackupEligible = true,
        IsBackedUp = true,
        AttestationObject = [5],
        ClientDataJson = [6],
    };

    private static readonly Membership Membership = new("publisher", "Publisher ü", MemberRole.Editor);

    private static readonly AuditEntry Entry = new()
    {
        Number = 1,
        At = Time,
        PublisherId = "publisher",
        Actor = "actor",
        Action = "action",
        Subject = "subject",
        Detail = "detail",
        Address = "192.0.2.1",
    };

    private static readonly Webhook Webhook = new()
    {
        Id = "webhook",
        PublisherId = "publisher",
        Url = "https://example.org/",
        Events = ["file.published"],
        Note = "note",
        IsEnabled = true,
        DisabledReason = "reason",
        CreatedBy = "id",
        CreatedAt = Time,
        Secret = "secret",
        OldSecret = "old",
        OldSecretUntil = Time.AddDays(1),
        FailingSince = Time.AddHours(-1),
        Version = 3,
    };

    private static readonly WebhookDelivery Delivery = new()
    {
        Id = "delivery",
        WebhookId = "webhook",
        EventId = "event",
        EventType = "file.published",
        CreatedAt = Time,
        State = DeliveryState.Failed,
        Attempts = 2,
        NextAttemptAt = Time.AddMinutes(1),
        LastStatus = 500,
        LastError = "error",
    };

    private static readonly WebhookAttempt Attempt = new(2, Time, 500, 12, "error", "response");

    public static IReadOnlyList<object> All { get; } =
    [
        new Account
        {
            Id = "id",
            Name = "name@example.org",
            NormalizedName = "NAME@EXAMPLE.ORG",
            PasswordHash = "hash",
            SecurityStamp = "stamp",
            FailedSignIns = 2,
            LockedUntil = Time,
            IsOperator = true,
            CreatedAt = Time,
            Logins = [Login],
            Passkeys = [Passkey],
            Version = 3,
        },
        Login,
        Passkey,
        new OpenSession("session", "password", "a browser ü", Time, Time.AddHours(1)),
        new AccountSession("name", "stamp", true, true, [Membership]),
        new ApiKey
        {
            Id = "key",
            PublisherId = "publisher",
            Name = "uploads",
            Prefix = "dst_key_ab",
            Scopes = ["read", "upload"],
            CreatedBy = "id",
            CreatedAt = Time,
            ExpiresAt = Time.AddDays(1),
            LastUsedAt = Time.AddHours(1),
        },
        Entry,
        new AuditPage([Entry], "next"),
        new Invitation("invitation", "publisher", "Publisher", MemberRole.Analyst, "note", "id", Time),
        new Member("id", "name", MemberRole.Owner, Time),
        Membership,
        new Publisher("publisher", "Publisher", Time, 3, 4, 5, 6),
        new PublisherTerms(7, true),
        new PublisherChange.QuotaWish(8),
        new PublisherChange("publisher", new PublisherChange.QuotaWish(null), true, new PublisherTerms(null, false)),
        new PublisherSettings("publisher", PeerPolicy.Off, "{}", 3),
        new KeptRequest(KeptStanding.Answered, [7, 8]),
        Webhook,
        Delivery,
        Attempt,
        new WebhookDeliveryPage([Delivery], "next"),
        new WebhookDeliveryLog(Delivery, "{}", [Attempt]),
        new WebhookJob("delivery", Webhook, "event", "file.published", 2, "{}"),
        new WebhookOutcome("delivery", "webhook", Attempt, true, Time, "gone"),
    ];
}
