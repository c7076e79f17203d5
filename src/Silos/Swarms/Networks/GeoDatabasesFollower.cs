using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Distribution.Silos.Swarms.Networks;

/// <summary>Looks once a minute whether a geo database was replaced. Peers that are here keep their networks; those that come get the new ones.</summary>
internal sealed partial class GeoDatabasesFollower(
    GeoDatabases databases,
    TimeProvider clock,
    ILogger<GeoDatabasesFollower> logger
) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        foreach (string path in databases.Silent)
            LogSilent(path);
        using var timer = new PeriodicTimer(Every, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                IReadOnlyList<string> read = databases.Refresh(out IReadOnlyList<string> problems);
                foreach (string path in read)
                    LogRead(path);
                foreach (string problem in problems)
                    LogProblem(problem);
            }
        }
        catch (OperationCanceledException)
        {
            // The silo stops.
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The geo database {Path} knows neither an autonomous system nor a country of any address that was tried."
    )]
    private partial void LogSilent(string path);

    [LoggerMessage(Level = LogLevel.Information, Message = "The geo database {Path} was read again.")]
    private partial void LogRead(string path);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Problem} It stays as it was read before.")]
    private partial void LogProblem(string problem);
}
