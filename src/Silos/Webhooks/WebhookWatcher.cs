using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Distribution.Silos.Webhooks;

/// <summary>Lets <see cref="WebhookWatch"/> look: every few seconds for files, every minute for the rest.</summary>
internal sealed partial class WebhookWatcher(WebhookWatch watch, TimeProvider clock, ILogger<WebhookWatcher> logger)
    : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);
    private const int RestEvery = 30;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        try
        {
            for (int turn = 0; await timer.WaitForNextTickAsync(stoppingToken); turn++)
            {
                await LookAsync(watch.FindReadyFilesAsync, stoppingToken);
                if (turn % RestEvery != 0)
                    continue;
                await LookAsync(watch.FindMarksAsync, stoppingToken);
                await LookAsync(watch.FindStatementsAsync, stoppingToken);
            }
        }
        catch (OperationCanceledException) { }
    }

    private async Task LookAsync(Func<Task> look, CancellationToken stop)
    {
        try
        {
            await look();
        }
#pragma warning disable CA1031 // whatever it is, it is looked again
        catch (Exception fault) when (!stop.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogTrouble(fault);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "It could not be looked for events of webhooks.")]
    private partial void LogTrouble(Exception fault);
}
