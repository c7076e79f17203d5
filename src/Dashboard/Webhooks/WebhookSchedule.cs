using System.Net;
using Distribution.Contracts.Webhooks;

namespace Distribution.Dashboard.Webhooks;

/// <summary>What follows an attempt.</summary>
internal static class WebhookSchedule
{
    /// <param name="spread">From 0 to 1: of many that failed together not all come back together.</param>
    public static WebhookOutcome After(
        WebhookJob job,
        WebhookAttempt attempt,
        WebhookOptions options,
        DateTimeOffset now,
        double spread
    )
    {
        bool isDelivered = attempt.Error.Length == 0;
        DateTimeOffset failingSince = job.Webhook.FailingSince ?? attempt.At;
        string? disable =
            isDelivered ? null
            : attempt.Status == (int)HttpStatusCode.Gone ? "The receiver answered 410: it is gone."
            : now - failingSince >= options.DisableAfter
                ? $"Every attempt since {failingSince.UtcDateTime:yyyy-MM-dd HH:mm} UTC has failed; the last: {attempt.Error}"
            : null;
        DateTimeOffset? retryAt =
            isDelivered || disable is not null || attempt.Number > options.RetryAfter.Count
                ? null
                : now + (options.RetryAfter[attempt.Number - 1] * (1 + (0.2 * spread)));
        return new WebhookOutcome(job.DeliveryId, job.Webhook.Id, attempt, isDelivered, retryAt, disable);
    }
}
