using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Distribution.Ingest.Contents.Azure;

/// <summary>Sweeps the container at the start and then from time to time.</summary>
internal sealed class AzureSweepService(
    AzureContentStore store,
    AzureStoreOptions options,
    TimeProvider clock,
    ILogger<AzureSweepService> logger
) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        using var timer = new PeriodicTimer(options.SweepInterval, clock);
        do
        {
            try
            {
                await store.Sweep.RunAsync(stoppingToken);
            }
            catch (Exception e) when (e is IOException or InvalidDataException)
            {
                logger.LogWarning(e, "The sweep of the content store ended early; the next one goes on");
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
