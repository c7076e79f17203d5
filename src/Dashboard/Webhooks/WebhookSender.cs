using System.Collections.Concurrent;
using Distribution.Contracts.Webhooks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Distribution.Dashboard.Webhooks;

/// <summary>
/// Sends what is due, several at a time. Deliveries are in the state database: what this server took and did not finish, because it died, is
/// taken again by it or another one when its lease is over.
/// </summary>
internal sealed partial class WebhookSender(
    IGrainFactory grains,
    WebhookClient client,
    DashboardOptions options,
    TimeProvider time,
    ILogger<WebhookSender> logger
) : BackgroundService
{
    /// <summary>Longer than any attempt and the writing of its outcome.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    private readonly ConcurrentDictionary<string, int> _running = new();
    private readonly ConcurrentDictionary<Task, bool> _tasks = new();

    private IWebhooksGrain Grain => grains.GetGrain<IWebhooksGrain>(0);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Webhooks.LookEvery, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await LookAsync(stoppingToken);
        }
        catch (OperationCanceledException) { }
        // What is on its way is finished or cut off, and told; the host waits so long.
        await Task.WhenAll(_tasks.Keys);
    }

    private async Task LookAsync(CancellationToken stop)
    {
        try
        {
            IReadOnlyList<WebhookJob> jobs = await Grain.TakeDueAsync(
                options.Webhooks.MaxRunning - _tasks.Count,
                options.Webhooks.MaxRunningOfOne,
                _running.Where(one => one.Value > 0).ToDictionary(),
                Lease
            );
            foreach (WebhookJob job in jobs)
            {
                _running.AddOrUpdate(job.Webhook.Id, 1, static (_, count) => count + 1);
                Task task = SendAsync(job, stop);
                _tasks[task] = true;
                _ = task.ContinueWith(
                    done => _tasks.TryRemove(done, out _),
                    CancellationToken.None,
                    TaskContinuationOptions.ExecuteSynchronously,
                    TaskScheduler.Default
                );
            }
        }
#pragma warning disable CA1031 // whatever it is: what waits is in the database, and is looked for again
        catch (Exception fault) when (!stop.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogAway(fault);
        }
    }

    private async Task SendAsync(WebhookJob job, CancellationToken stop)
    {
        try
        {
            WebhookAttempt attempt = await client.SendAsync(job, stop);
            await Grain.FinishAsync(
                WebhookSchedule.After(job, attempt, options.Webhooks, time.GetUtcNow(), Random.Shared.NextDouble())
            );
        }
#pragma warning disable CA1031 // as above: its lease ends
        catch (Exception fault)
#pragma warning restore CA1031
        {
            if (!stop.IsCancellationRequested)
                LogUntold(fault, job.DeliveryId);
        }
        finally
        {
            _running.AddOrUpdate(job.Webhook.Id, 0, static (_, count) => count - 1);
            if (_running.TryGetValue(job.Webhook.Id, out int left) && left == 0)
                _running.TryRemove(new KeyValuePair<string, int>(job.Webhook.Id, 0));
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "It could not be looked for webhooks that are due.")]
    private partial void LogAway(Exception fault);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "What became of the webhook delivery {DeliveryId} could not be written down; it is tried again."
    )]
    private partial void LogUntold(Exception fault, string deliveryId);
}
