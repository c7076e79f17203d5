using Distribution.Contracts.Webhooks;
using Distribution.Dashboard.Webhooks;

namespace Distribution.Dashboard.Tests.Webhooks;

public class WebhookScheduleTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly WebhookOptions Options = new();

    [Fact]
    public void Attempts_spread_over_a_day_and_then_end()
    {
        DateTimeOffset now = Start;
        int attempts = 1;
        while (After(attempts, now, "500").RetryAt is { } next)
        {
            Assert.True(next > now);
            now = next;
            attempts++;
        }

        Assert.Equal(8, attempts);
        Assert.InRange(now - Start, TimeSpan.FromHours(24), TimeSpan.FromHours(30));
    }

    [Fact]
    public void Many_that_failed_together_do_not_come_back_together() =>
        Assert.NotEqual(After(3, Start, "x", spread: 0).RetryAt, After(3, Start, "x", spread: 1).RetryAt);

    [Fact]
    public void What_has_failed_for_days_is_disabled_and_what_is_taken_is_not()
    {
        DateTimeOffset failing = Start - Options.DisableAfter;

        WebhookOutcome failed = After(2, Start, "The receiver answers 500.", failing);
        WebhookOutcome before = After(2, Start.AddMinutes(-1), "The receiver answers 500.", failing);
        WebhookOutcome taken = After(2, Start, "", failing);

        Assert.Contains("The receiver answers 500.", failed.DisableReason, StringComparison.Ordinal);
        Assert.Null(failed.RetryAt);
        Assert.Null(before.DisableReason);
        Assert.True(taken.IsDelivered);
        Assert.Null(taken.DisableReason);
    }

    private static WebhookOutcome After(
        int attempt,
        DateTimeOffset now,
        string error,
        DateTimeOffset? failingSince = null,
        double spread = 0.5
    ) =>
        WebhookSchedule.After(
            new WebhookJob(
                "delivery",
                new Webhook
                {
                    Id = "webhook",
                    PublisherId = "default",
                    Url = "https://example.org/",
                    Events = [],
                    Note = "",
                    CreatedBy = "",
                    CreatedAt = Start,
                    Secret = "",
                    FailingSince = failingSince,
                },
                "event",
                "webhook.test",
                attempt,
                "{}"
            ),
            new WebhookAttempt(attempt, now, null, 1, error, ""),
            Options,
            now,
            spread
        );
}
