using Distribution.Contracts.Ledgers;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Distribution.Ingest.Sends;

/// <summary>
/// Brings the web seed's counters into the ledger: every second when something was sent, and once more at the end. A report that
/// fails is repeated with the next; counters are cumulative, so nothing is counted twice. What a killed process had not reported, the
/// next one does.
/// </summary>
internal sealed class SendReporter(
    WebSeedSends sends,
    IGrainFactory grains,
    TimeProvider clock,
    ILogger<SendReporter> logger
) : BackgroundService, IPendingSends
{
    private const int MaxCountersPerReport = 5000;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // Records of past hours are let go only in a round, so there is one now and then even when nothing is sent.
    private static readonly TimeSpan IdleInterval = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LastReportTime = TimeSpan.FromSeconds(5);

    private readonly Dictionary<(string InfoHash, string Address, SendKind Kind, long HourStart), long> _booked = [];

    private readonly SemaphoreSlim _turn = new(1, 1);
    private volatile int _reported = -1;

    /// <inheritdoc/>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (sends.Changes != _reported)
                await ReportAsync().WaitAsync(cancellationToken);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // The next round tries again, and says so.
            logger.LogDebug(fault, "What was sent did not reach the ledger before a report");
        }
    }

    public override void Dispose()
    {
        _turn.Dispose();
        base.Dispose();
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await ReportAsync().WaitAsync(LastReportTime, clock, cancellationToken);
        }
        catch (Exception e)
        {
            // Not lost: the journal keeps it for the next start.
            logger.LogWarning(e, "The last report of what was sent did not reach the ledger");
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        using var timer = new PeriodicTimer(Interval, clock);
        long lastRound = clock.GetTimestamp();
        bool failing = false;
        do
        {
            int changes = sends.Changes;
            if (changes == _reported && clock.GetElapsedTime(lastRound) < IdleInterval)
                continue;
            try
            {
                await ReportAsync();
                lastRound = clock.GetTimestamp();
                if (failing)
                    logger.LogInformation("What was sent reaches the ledger again");
                failing = false;
            }
            catch (Exception e)
            {
                if (!failing)
                    logger.LogWarning(e, "What was sent does not reach the ledger; it is kept and tried every second");
                failing = true;
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task ReportAsync()
    {
        await _turn.WaitAsync();
        try
        {
            int changes = sends.Changes;
            await ReportInTurnAsync();
            _reported = changes;
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task ReportInTurnAsync()
    {
        IReadOnlyList<SendCounter> counters = sends.Journal.Snapshot();
        SendCounter[] changed = [.. counters.Where(c => _booked.GetValueOrDefault(KeyOf(c)) != c.BytesSent)];
        ILedgerGrain ledger = grains.GetGrain<ILedgerGrain>(0);
        foreach (SendCounter[] some in changed.Chunk(MaxCountersPerReport))
        {
            await ledger.RecordSendsAsync(new SendReport(sends.Source, sends.Journal.Epoch, some));
            foreach (SendCounter counter in some)
                _booked[KeyOf(counter)] = counter.BytesSent;
        }
        sends.Journal.Acknowledge(counters);
        if (_booked.Count > counters.Count)
            ForgetAllBut(counters);
    }

    private void ForgetAllBut(IReadOnlyList<SendCounter> counters)
    {
        var live = counters.Select(KeyOf).ToHashSet();
        foreach (var key in _booked.Keys.Where(k => !live.Contains(k)).ToArray())
            _booked.Remove(key);
    }

    private static (string InfoHash, string Address, SendKind Kind, long HourStart) KeyOf(SendCounter counter) =>
        (counter.InfoHash, counter.Address, counter.Kind, counter.HourStart);
}
