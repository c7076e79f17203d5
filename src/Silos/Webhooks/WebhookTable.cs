using System.Text.Json;
using Distribution.Contracts.Accounts;
using Distribution.Contracts.Webhooks;
using Distribution.Silos.Accounts;
using Distribution.Silos.Serialization;
using Distribution.Silos.State;

namespace Distribution.Silos.Webhooks;

/// <summary>The publishers' webhooks.</summary>
public sealed class WebhookTable(StateDatabase database)
{
    public Task<List<Webhook>> ListAsync(string publisherId) =>
        database.ReadAsync(session =>
            session.Query(
                "SELECT record FROM webhook WHERE publisher_id = $1 ORDER BY created_at DESC, webhook_id",
                static row => WebhookOutbox.Read(row.GetFieldValue<byte[]>(0)),
                publisherId
            )
        );

    /// <param name="most">A publisher may have so many; false: it has.</param>
    public Task<bool> CreateAsync(Webhook webhook, int most, AuditEntry log) =>
        database.WriteAsync(session =>
        {
            long count = session.Scalar("SELECT COUNT(*) FROM webhook WHERE publisher_id = $1", webhook.PublisherId);
            if (count >= most)
                return false;
            session.Execute(
                "INSERT INTO webhook (webhook_id, publisher_id, created_at, is_enabled, record) VALUES ($1, $2, $3, $4, $5)",
                webhook.Id,
                webhook.PublisherId,
                webhook.CreatedAt.ToUnixTimeMilliseconds(),
                webhook.IsEnabled ? 1 : 0,
                JsonSerializer.SerializeToUtf8Bytes(webhook, StateJson.Options)
            );
            AuditLog.Append(session, log);
            return true;
        });

    public Task<AccountChange> ChangeAsync(Webhook webhook, AuditEntry log) =>
        database.WriteAsync(session =>
        {
            if (Find(session, webhook.PublisherId, webhook.Id) is not { } current)
                return AccountChange.Unknown;
            if (current.Version != webhook.Version)
                return AccountChange.Conflict;
            Store(
                session,
                webhook with
                {
                    Version = current.Version + 1,
                    // Attempts go on beside, and their words stay.
                    FailingSince = webhook.IsEnabled && !current.IsEnabled ? null : current.FailingSince,
                }
            );
            AuditLog.Append(session, log);
            return AccountChange.Done;
        });

    /// <param name="ifVersion">Which it must be of, else it is a conflict; null: any.</param>
    public Task<AccountChange> DeleteAsync(string publisherId, string webhookId, AuditEntry log, long? ifVersion) =>
        database.WriteAsync(session =>
        {
            if (Find(session, publisherId, webhookId) is not { } current)
                return AccountChange.Unknown;
            if (ifVersion is not null && current.Version != ifVersion)
                return AccountChange.Conflict;
            session.Execute(
                "DELETE FROM webhook_attempt WHERE delivery_id IN (SELECT delivery_id FROM webhook_delivery WHERE webhook_id = $1)",
                webhookId
            );
            session.Execute("DELETE FROM webhook_delivery WHERE webhook_id = $1", webhookId);
            session.Execute("DELETE FROM webhook WHERE webhook_id = $1", webhookId);
            AuditLog.Append(session, log);
            return AccountChange.Done;
        });

    internal static Webhook? Find(StateSession session, string publisherId, string webhookId) =>
        session.TryQuery(
            "SELECT record FROM webhook WHERE publisher_id = $1 AND webhook_id = $2",
            static row => WebhookOutbox.Read(row.GetFieldValue<byte[]>(0)),
            out Webhook found,
            publisherId,
            webhookId
        )
            ? found
            : null;

    internal static void Store(StateSession session, Webhook webhook) =>
        session.Execute(
            "UPDATE webhook SET is_enabled = $1, record = $2 WHERE webhook_id = $3",
            webhook.IsEnabled ? 1 : 0,
            JsonSerializer.SerializeToUtf8Bytes(webhook, StateJson.Options),
            webhook.Id
        );
}
