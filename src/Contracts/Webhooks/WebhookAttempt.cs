namespace Distribution.Contracts.Webhooks;

/// <param name="Number">From 1.</param>
/// <param name="Status">HTTP status of the answer; null: there was none.</param>
/// <param name="Error">Why it failed, for people; empty: it did not.</param>
/// <param name="Response">The answer's body, its beginning.</param>
[GenerateSerializer, Immutable]
public sealed record WebhookAttempt(
    int Number,
    DateTimeOffset At,
    int? Status,
    int LatencyMilliseconds,
    string Error,
    string Response
);
