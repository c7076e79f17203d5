using Distribution.Silos.Hosting;
using Distribution.Silos.Ledgers;
using Distribution.Silos.State;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Distribution.Silos.Swarms;

/// <summary>
/// Fills <see cref="OpenSwarms"/> and <see cref="PeerSwitches"/> before the host takes requests. In a cluster it reads on each second, should the word of another silo
/// (<see cref="SiloNews"/>) not have come.
/// </summary>
internal sealed partial class OpenSwarmsFollower(
    OpenSwarms openSwarms,
    Ledger ledger,
    PeerSwitches switches,
    SiloOptions options,
    TimeProvider clock,
    ILogger<OpenSwarmsFollower> logger
) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await openSwarms.FollowAsync(ledger);
        await switches.FollowAsync();
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.IsClustered)
            return;
        using var timer = new PeriodicTimer(Every, clock);
        bool isAway = false;
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    await openSwarms.FollowAsync(ledger);
                    await switches.FollowAsync();
                    if (isAway)
                        LogBack();
                    isAway = false;
                }
                catch (StateUnavailableException fault)
                {
                    if (!isAway)
                        LogAway(fault.Message);
                    isAway = true;
                }
            }
        }
        catch (OperationCanceledException) { }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Problem} What needs it is refused meanwhile, and nothing acknowledged is lost."
    )]
    private partial void LogAway(string problem);

    [LoggerMessage(Level = LogLevel.Information, Message = "The database answers again.")]
    private partial void LogBack();
}
