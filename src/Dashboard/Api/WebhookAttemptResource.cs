using Distribution.Contracts.Webhooks;

namespace Distribution.Dashboard.Api;

/// <param name="Status">HTTP status of the answer; null: there was none.</param>
/// <param name="Error">Why it failed; empty: it did not.</param>
/// <param name="Response">The answer's body, its first 1,024 bytes.</param>
internal sealed record WebhookAttemptResource(
    int Number,
    DateTimeOffset At,
    int? Status,
    int LatencyMilliseconds,
    string Error,
    string Response
)
{
    public static WebhookAttemptResource Of(WebhookAttempt attempt) =>
        new(attempt.Number, attempt.At, attempt.Status, attempt.LatencyMilliseconds, attempt.Error, attempt.Response);
}
