using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Distribution.Ingest.Contents.Azure;

/// <summary>Repeats what may be repeated until an operation has taken too long, however many attempts that is.</summary>
internal sealed class PatientRetry(AzureStoreOptions options, TimeProvider clock)
    : RetryPolicy(int.MaxValue, new Doubling(options.RetryDelay, options.MaxRetryDelay))
{
    protected override bool ShouldRetry(HttpMessage message, Exception? exception) =>
        IsEarly(message) && base.ShouldRetry(message, exception);

    protected override ValueTask<bool> ShouldRetryAsync(HttpMessage message, Exception? exception) =>
        IsEarly(message) ? base.ShouldRetryAsync(message, exception) : ValueTask.FromResult(false);

    private bool IsEarly(HttpMessage message) =>
        clock.GetUtcNow() - message.ProcessingContext.StartTime < options.Patience;

    private sealed class Doubling(TimeSpan first, TimeSpan last) : DelayStrategy(last)
    {
        protected override TimeSpan GetNextDelayCore(Response? response, int retryNumber) =>
            retryNumber > 20 ? last : TimeSpan.FromTicks(Math.Min(last.Ticks, first.Ticks << (retryNumber - 1)));
    }
}
