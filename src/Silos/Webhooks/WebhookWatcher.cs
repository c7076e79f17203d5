using Distribution.BitTorrent;
using Distribution.Silos.Edges.Fleet;
using Distribution.Silos.Swarms.Shards;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Distribution.Silos.Webhooks;

/// <summary>Lets <see cref="WebhookWatch"/> look: every few seconds for files, every minute for the rest.</summary>
internal sealed partial class WebhookWatcher(
    WebhookWatch watch,
    SwarmSleepWatch sleep,
    SwarmShards shards,
    TimeProvider clock,
    ILogger<WebhookWatcher> logger
) : BackgroundService
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
                await LookAsync(FindSleepersAsync, stoppingToken);
            }
        }
        catch (OperationCanceledException) { }
    }

    private async Task FindSleepersAsync()
    {
        List<string> publishers = await sleep.ListPublishersAsync();
        if (publishers.Count == 0)
            return;
        var active = new HashSet<InfoHash>();
        bool isAll = true;
        for (int number = 0; number < shards.Count; number++)
        {
            try
            {
                foreach (SwarmActivity swarm in await shards[number].ListActiveAsync())
                    active.Add(swarm.InfoHash);
            }
            catch (Exception fault) when (fault is OrleansException or TimeoutException)
            {
                // Its silo has just gone; what was awake there is looked at again later.
                isAll = false;
            }
        }
        await sleep.TellAsync(publishers, active, isAll);
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
