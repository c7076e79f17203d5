using Distribution.Silos.State;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Distribution.Silos.Holdouts;

/// <summary>Reads every five seconds what publishers hold out, as another silo may have been told.</summary>
internal sealed partial class HoldoutsFollower(
    StateDatabase database,
    HoldoutDraw holdouts,
    TimeProvider clock,
    ILogger<HoldoutsFollower> logger
) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        try
        {
            do
            {
                try
                {
                    await HoldoutTable.FollowAsync(database, holdouts);
                }
                catch (StateUnavailableException fault)
                {
                    LogTrouble(fault.Message);
                }
            } while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The silo stops.
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "What publishers hold out is not read now: {Problem}")]
    private partial void LogTrouble(string problem);
}
