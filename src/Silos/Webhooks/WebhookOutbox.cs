using System.Text.Json;
using Distribution.Contracts.Webhooks;
using Distribution.Silos.Serialization;
using Distribution.Silos.State;

namespace Distribution.Silos.Webhooks;

/// <summary>Puts events into the deliveries that wait, within the transaction of what they tell of: there is neither without the other.</summary>
public static class WebhookOutbox
{
    /// <summary>Of one webhook. Beyond, events are written down as failed.</summary>
    public const int MostWaiting = 10_000;

    /// <summary>For all webhooks that want it; an event that was put already is left alone.</summary>
    /// <param name="isFor">Which of them it is for; null: all.</param>
    public static void Put(StateSession session, WebhookEvent happened, Func<Webhook, bool>? isFor = null)
    {
        List<Webhook> wanting = [.. ListEnabled(session, happened.PublisherId).Where(one => Wants(one, happened.Type))];
        if (isFor is not null)
            wanting.RemoveAll(one => !isFor(one));
        if (wanting.Count == 0 || !Insert(session, happened))
            return;
        foreach (Webhook webhook in wanting)
            Deliver(session, webhook.Id, happened);
    }

    /// <summary>True: some webhook of the publisher wants such events.</summary>
    public static bool IsWanted(StateSession session, string publisherId, string type) =>
        ListEnabled(session, publisherId).Any(one => Wants(one, type));

    /// <summary>False: it is there already.</summary>
    internal static bool Insert(StateSession session, WebhookEvent happened) =>
        session.Execute(
            "INSERT INTO webhook_event (event_id, type, created_at, payload) VALUES ($1, $2, $3, $4) "
                + "ON CONFLICT (event_id) DO NOTHING",
            happened.Id,
            happened.Type,
            happened.At.ToUnixTimeMilliseconds(),
            happened.Payload
        ) > 0;

    /// <summary>The new delivery's id.</summary>
    internal static string Deliver(StateSession session, string webhookId, WebhookEvent happened)
    {
        string id = Guid.NewGuid().ToString("N");
        long waiting = session.Scalar(
            "SELECT COUNT(*) FROM webhook_delivery WHERE webhook_id = $1 AND due_at IS NOT NULL",
            webhookId
        );
        bool isFull = waiting >= MostWaiting;
        long at = happened.At.ToUnixTimeMilliseconds();
        session.Execute(
            "INSERT INTO webhook_delivery (delivery_id, webhook_id, event_id, created_at, state, attempts, due_at, last_error) "
                + "VALUES ($1, $2, $3, $4, $5, 0, $6, $7)",
            id,
            webhookId,
            happened.Id,
            at,
            (int)(isFull ? DeliveryState.Failed : DeliveryState.Waiting),
            isFull ? null : at,
            isFull ? $"{MostWaiting} others wait already." : ""
        );
        return id;
    }

    internal static Webhook Read(byte[] record) => JsonSerializer.Deserialize<Webhook>(record, StateJson.Options)!;

    private static bool Wants(Webhook webhook, string type) => webhook.Events.Contains(type, StringComparer.Ordinal);

    private static List<Webhook> ListEnabled(StateSession session, string publisherId) =>
        session.Query(
            "SELECT record FROM webhook WHERE publisher_id = $1 AND is_enabled = 1",
            static row => Read(row.GetFieldValue<byte[]>(0)),
            publisherId
        );
}
