using System.Data.Common;
using System.Globalization;
using Distribution.Contracts.Accounts;
using Distribution.Contracts.Webhooks;
using Distribution.Silos.Accounts;
using Distribution.Silos.State;

namespace Distribution.Silos.Webhooks;

/// <summary>Deliveries to webhooks: those that wait, and a log of the others and of every attempt.</summary>
public sealed class DeliveryTable(StateDatabase database, TimeProvider clock)
{
    /// <summary>How long what is finished can be looked at and sent again.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromDays(45);

    private const string Columns =
        "SELECT d.delivery_id, d.webhook_id, d.event_id, e.type, d.created_at, d.state, d.attempts, d.due_at, d.last_status, "
        + "d.last_error, e.payload FROM webhook_delivery d JOIN webhook_event e ON e.event_id = d.event_id ";

    private const string OfPublisher =
        "WHERE d.webhook_id = $1 AND EXISTS (SELECT 1 FROM webhook w WHERE w.webhook_id = $1 AND w.publisher_id = $2) ";

    private long _prunedAt;

    /// <summary>Newest first. A cursor that cannot be read starts at the newest.</summary>
    public async Task<WebhookDeliveryPage> ListAsync(string publisherId, string webhookId, string? cursor, int limit)
    {
        int dot = cursor?.IndexOf('.', StringComparison.Ordinal) ?? -1;
        long before = long.MaxValue;
        if (dot < 0 || !long.TryParse(cursor.AsSpan(0, dot), CultureInfo.InvariantCulture, out before))
            before = long.MaxValue;
        string beforeId = dot < 0 ? "" : cursor![(dot + 1)..];
        List<WebhookDelivery> found = await database.ReadAsync(session =>
            session.Query(
                Columns
                    + OfPublisher
                    + "AND (d.created_at < $3 OR (d.created_at = $3 AND d.delivery_id < $4)) "
                    + "ORDER BY d.created_at DESC, d.delivery_id DESC LIMIT $5",
                Read,
                webhookId,
                publisherId,
                before,
                beforeId,
                limit + 1
            )
        );
        if (found.Count <= limit)
            return new WebhookDeliveryPage(found, null);
        found.RemoveAt(limit);
        WebhookDelivery last = found[^1];
        return new WebhookDeliveryPage(
            found,
            $"{last.CreatedAt.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)}.{last.Id}"
        );
    }

    public Task<WebhookDeliveryLog?> FindAsync(string publisherId, string webhookId, string deliveryId) =>
        database.ReadAsync(session =>
            session.TryQuery(
                Columns + OfPublisher + "AND d.delivery_id = $3",
                static row => (Delivery: Read(row), Payload: row.GetString(10)),
                out (WebhookDelivery Delivery, string Payload) found,
                webhookId,
                publisherId,
                deliveryId
            )
                ? new WebhookDeliveryLog(
                    found.Delivery,
                    found.Payload,
                    session.Query(
                        "SELECT number, at, status, latency_ms, error, response FROM webhook_attempt "
                            + "WHERE delivery_id = $1 ORDER BY number",
                        static row => new WebhookAttempt(
                            row.GetInt32(0),
                            Times.Of(row.GetInt64(1)),
                            row.IsDBNull(2) ? null : row.GetInt32(2),
                            row.GetInt32(3),
                            row.GetString(4),
                            row.GetString(5)
                        ),
                        deliveryId
                    )
                )
                : null
        );

    /// <summary>The same event on its way once more. Null: there is no such delivery.</summary>
    public Task<WebhookDelivery?> RedeliverAsync(
        string publisherId,
        string webhookId,
        string deliveryId,
        AuditEntry log
    ) =>
        database.WriteAsync(session =>
        {
            if (
                !session.TryQuery(
                    Columns + OfPublisher + "AND d.delivery_id = $3",
                    row => new WebhookEvent(
                        row.GetString(2),
                        publisherId,
                        row.GetString(3),
                        clock.GetUtcNow(),
                        row.GetString(10)
                    ),
                    out WebhookEvent happened,
                    webhookId,
                    publisherId,
                    deliveryId
                )
            )
                return null;
            return Deliver(session, webhookId, happened, log);
        });

    /// <summary>Null: there is no such webhook.</summary>
    public Task<WebhookDelivery?> TestAsync(string publisherId, string webhookId, AuditEntry log) =>
        database.WriteAsync(session =>
        {
            if (WebhookTable.Find(session, publisherId, webhookId) is not { } webhook)
                return null;
            WebhookEvent happened = WebhookEvent.Create(
                publisherId,
                WebhookEvents.Test,
                Guid.NewGuid().ToString("N"),
                clock.GetUtcNow(),
                new { Message = "A test: nothing happened.", webhook.Events }
            );
            WebhookOutbox.Insert(session, happened);
            return Deliver(session, webhookId, happened, log);
        });

    /// <summary>Takes deliveries that are due, so many of each webhook that it has at most <paramref name="most"/> running.</summary>
    public async Task<IReadOnlyList<WebhookJob>> TakeDueAsync(
        int count,
        int most,
        IReadOnlyDictionary<string, int> running,
        TimeSpan lease
    )
    {
        long now = Now();
        // Nothing is written while nothing is due.
        if (count == 0 || await database.ReadAsync(session => ListDue(session, now, most).Count) == 0)
            return [];
        return await database.WriteAsync(session =>
        {
            var jobs = new List<WebhookJob>();
            var taken = new Dictionary<string, int>(running);
            foreach ((string deliveryId, string webhookId) in ListDue(session, now, most))
            {
                int others = taken.GetValueOrDefault(webhookId);
                if (jobs.Count == count)
                    break;
                if (others >= most)
                    continue;
                taken[webhookId] = others + 1;
                jobs.Add(Take(session, deliveryId, now + (long)lease.TotalMilliseconds));
            }
            return (IReadOnlyList<WebhookJob>)jobs;
        });
    }

    public Task FinishAsync(WebhookOutcome outcome) =>
        database.WriteAsync(session =>
        {
            WebhookAttempt attempt = outcome.Attempt;
            bool isRetried = !outcome.IsDelivered && outcome is { RetryAt: not null, DisableReason: null };
            int rows = session.Execute(
                "UPDATE webhook_delivery SET state = $1, attempts = $2, due_at = $3, last_status = $4, last_error = $5 "
                    + "WHERE delivery_id = $6",
                (int)(
                    outcome.IsDelivered ? DeliveryState.Delivered
                    : isRetried ? DeliveryState.Waiting
                    : DeliveryState.Failed
                ),
                attempt.Number,
                isRetried ? outcome.RetryAt!.Value.ToUnixTimeMilliseconds() : null,
                attempt.Status,
                attempt.Error,
                outcome.DeliveryId
            );
            // Its webhook was deleted meanwhile.
            if (rows == 0)
                return;
            session.Execute(
                "INSERT INTO webhook_attempt (delivery_id, number, at, status, latency_ms, error, response) "
                    + "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (delivery_id, number) DO NOTHING",
                outcome.DeliveryId,
                attempt.Number,
                attempt.At.ToUnixTimeMilliseconds(),
                attempt.Status,
                attempt.LatencyMilliseconds,
                attempt.Error,
                attempt.Response
            );
            NoteOn(session, outcome);
            Prune(session);
        });

    private static List<(string DeliveryId, string WebhookId)> ListDue(StateSession session, long now, int most) =>
        // Not the oldest of all: a receiver that is away has many, and others would wait behind them.
        session.Query(
            "SELECT delivery_id, webhook_id FROM (SELECT delivery_id, webhook_id, due_at, "
                + "ROW_NUMBER() OVER (PARTITION BY webhook_id ORDER BY due_at, delivery_id) AS place "
                + "FROM webhook_delivery WHERE due_at IS NOT NULL AND due_at <= $1) AS due WHERE place <= $2 ORDER BY due_at",
            static row => (row.GetString(0), row.GetString(1)),
            now,
            most
        );

    private static WebhookJob Take(StateSession session, string deliveryId, long until)
    {
        session.Execute("UPDATE webhook_delivery SET due_at = $1 WHERE delivery_id = $2", until, deliveryId);
        session.TryQuery(
            "SELECT d.event_id, e.type, d.attempts, e.payload, w.record FROM webhook_delivery d "
                + "JOIN webhook_event e ON e.event_id = d.event_id JOIN webhook w ON w.webhook_id = d.webhook_id "
                + "WHERE d.delivery_id = $1",
            row => new WebhookJob(
                deliveryId,
                WebhookOutbox.Read(row.GetFieldValue<byte[]>(4)),
                row.GetString(0),
                row.GetString(1),
                row.GetInt32(2) + 1,
                row.GetString(3)
            ),
            out WebhookJob job,
            deliveryId
        );
        return job;
    }

    private static void NoteOn(StateSession session, WebhookOutcome outcome)
    {
        if (
            !session.TryQuery(
                "SELECT record FROM webhook WHERE webhook_id = $1",
                static row => WebhookOutbox.Read(row.GetFieldValue<byte[]>(0)),
                out Webhook webhook,
                outcome.WebhookId
            )
        )
            return;
        DateTimeOffset? failingSince = outcome.IsDelivered ? null : webhook.FailingSince ?? outcome.Attempt.At;
        bool isDisabled = outcome.DisableReason is not null && webhook.IsEnabled;
        if (failingSince == webhook.FailingSince && !isDisabled)
            return;
        WebhookTable.Store(
            session,
            webhook with
            {
                FailingSince = failingSince,
                IsEnabled = webhook.IsEnabled && !isDisabled,
                DisabledReason = isDisabled ? outcome.DisableReason : webhook.DisabledReason,
                Version = isDisabled ? webhook.Version + 1 : webhook.Version,
            }
        );
        if (!isDisabled)
            return;
        session.Execute(
            "UPDATE webhook_delivery SET state = $1, due_at = NULL, last_error = $2 WHERE webhook_id = $3 AND due_at IS NOT NULL",
            (int)DeliveryState.Failed,
            "The webhook was disabled.",
            webhook.Id
        );
        AuditLog.Append(
            session,
            new AuditEntry
            {
                At = outcome.Attempt.At,
                PublisherId = webhook.PublisherId,
                Actor = "the server",
                Action = "webhook.disabled",
                Subject = webhook.Id,
                Detail = outcome.DisableReason!,
                Address = "",
            }
        );
    }

    private void Prune(StateSession session)
    {
        long now = Now();
        if (now - _prunedAt < (long)TimeSpan.FromHours(1).TotalMilliseconds)
            return;
        _prunedAt = now;
        long before = now - (long)KeptFor.TotalMilliseconds;
        session.Execute(
            "DELETE FROM webhook_attempt WHERE delivery_id IN "
                + "(SELECT delivery_id FROM webhook_delivery WHERE created_at < $1 AND due_at IS NULL)",
            before
        );
        session.Execute("DELETE FROM webhook_delivery WHERE created_at < $1 AND due_at IS NULL", before);
        session.Execute(
            "DELETE FROM webhook_event WHERE created_at < $1 AND NOT EXISTS "
                + "(SELECT 1 FROM webhook_delivery d WHERE d.event_id = webhook_event.event_id)",
            before
        );
    }

    private static WebhookDelivery Deliver(
        StateSession session,
        string webhookId,
        WebhookEvent happened,
        AuditEntry log
    )
    {
        string id = WebhookOutbox.Deliver(session, webhookId, happened);
        AuditLog.Append(session, log);
        session.TryQuery(Columns + "WHERE d.delivery_id = $1", Read, out WebhookDelivery made, id);
        return made;
    }

    private static WebhookDelivery Read(DbDataReader row) =>
        new()
        {
            Id = row.GetString(0),
            WebhookId = row.GetString(1),
            EventId = row.GetString(2),
            EventType = row.GetString(3),
            CreatedAt = Times.Of(row.GetInt64(4)),
            State = (DeliveryState)row.GetInt32(5),
            Attempts = row.GetInt32(6),
            NextAttemptAt = row.IsDBNull(7) ? null : Times.Of(row.GetInt64(7)),
            LastStatus = row.IsDBNull(8) ? null : row.GetInt32(8),
            LastError = row.GetString(9),
        };

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
