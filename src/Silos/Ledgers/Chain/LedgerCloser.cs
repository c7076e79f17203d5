using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Distribution.Silos.Ledgers.Chain;

/// <summary>Lets the chain take over hours that are over, each minute. What was missed while nothing ran follows at the start.</summary>
internal sealed partial class LedgerCloser(LedgerChain chain, TimeProvider clock, ILogger<LedgerCloser> logger)
    : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    private string? _trouble;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        try
        {
            do await CloseAsync();
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) { }
    }

    private async Task CloseAsync()
    {
        try
        {
            await chain.CloseAsync(openHourToo: false);
            if (_trouble is not null)
                LogBack();
            _trouble = null;
        }
#pragma warning disable CA1031 // whatever ails the chain, files are served on
        catch (Exception fault)
#pragma warning restore CA1031
        {
            // Once, not each minute.
            if (_trouble != fault.Message)
                LogTrouble(fault.Message);
            _trouble = fault.Message;
        }
    }

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "{Problem} Hours are not closed meanwhile; bookings and reports go on."
    )]
    private partial void LogTrouble(string problem);

    [LoggerMessage(Level = LogLevel.Information, Message = "The ledger's hours are closed again.")]
    private partial void LogBack();
}
