using Distribution.Contracts.Edges;
using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Metering;
using Distribution.EdgeSeeder.Cache;
using Distribution.EdgeSeeder.Seeding;
using Microsoft.Extensions.Logging;

namespace Distribution.EdgeSeeder.Control;

/// <summary>
/// Tells the silos what was sent and seen, and does what they answer. While they are away the node goes on seeding and counting;
/// counters are cumulative, so that what is told late or twice counts once.
/// </summary>
internal sealed class HeartbeatLoop(
    HeartbeatClient client,
    EdgeOptions options,
    ISeedingEngine engine,
    PieceCache cache,
    SendJournal journal,
    AssignmentKeeper assignments,
    TimeProvider clock,
    ILogger logger
)
{
    private const int MaxSends = 10_000;
    private const int MaxProgress = 2_000;
    private const int MaxSwarms = 10_000;

    private static readonly TimeSpan _firstRetry = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan _lastRetry = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan _shortestInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan _longestInterval = TimeSpan.FromSeconds(60);

    /// <summary>A server that is just starting is no news.</summary>
    private static readonly TimeSpan _quietTime = TimeSpan.FromSeconds(20);

    private readonly SendLedger _sends = new(journal);
    private readonly SwarmReports _swarms = new(engine, cache);
    private long _sequence;
    private long _awaySince;
    private bool _awayTold;
    private bool _refusedTold;

    public async Task RunAsync(CancellationToken stopping)
    {
        _awaySince = clock.GetTimestamp();
        TimeSpan retry = _firstRetry;
        try
        {
            while (true)
            {
                TimeSpan wait;
                if (await TryBeatAsync(leaving: false, stopping) is { } next)
                {
                    wait = next;
                    retry = _firstRetry;
                }
                else
                {
                    wait = retry * (0.75 + Random.Shared.NextDouble() / 2);
                    retry = retry * 2 < _lastRetry ? retry * 2 : _lastRetry;
                }
                await Task.Delay(wait, clock, stopping);
            }
        }
        catch (OperationCanceledException) { }
    }

    /// <summary>The last heartbeat; what it does not deliver is told after the next start.</summary>
    public async Task LeaveAsync(TimeSpan within, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(within, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        if (await TryBeatAsync(leaving: true, both.Token) is null)
            logger.LogWarning("The server did not hear that this node leaves; its lease will run out.");
    }

    private async Task<TimeSpan?> TryBeatAsync(bool leaving, CancellationToken cancellation)
    {
        try
        {
            return await BeatAsync(leaving, cancellation);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // Ours to mend; without heartbeats the node would lose its swarms.
            logger.LogError(fault, "A heartbeat failed.");
            return null;
        }
    }

    /// <returns>Until the next; null: there was no answer.</returns>
    private async Task<TimeSpan?> BeatAsync(bool leaving, CancellationToken cancellation)
    {
        List<SendCounter> sends = _sends.Unbooked(MaxSends);
        IReadOnlyList<PeerProgress> progress = engine.UnreportedProgress(MaxProgress);
        List<EdgeSwarmLoad> swarms = _swarms.Changed(MaxSwarms);
        var heartbeat = new EdgeHeartbeat
        {
            Epoch = journal.Epoch,
            Sequence = ++_sequence,
            Endpoints = options.PublicEndpoints,
            Port = engine.Port,
            Connections = engine.ConnectionCount,
            CacheBytes = cache.StoredBytes,
            CacheLimitBytes = options.CacheLimitBytes,
            Sends = sends,
            Progress = progress,
            Leaving = leaving,
            Region = options.Region,
            CapacityBytesPerSecond = options.UploadLimitBytesPerSecond,
            Swarms = swarms,
            AuditBytes = engine.AuditBytes,
        };
        (EdgeOrders? orders, string? fault, bool isRefused) = await client.SendAsync(heartbeat, cancellation);
        if (isRefused)
            EndSeeding(fault);
        if (orders is null)
        {
            TellAway(fault);
            return null;
        }
        TellBack();
        bool booked = orders.AcknowledgedSequence == heartbeat.Sequence;
        if (booked)
        {
            _sends.Book(sends);
            engine.AcknowledgeProgress(progress);
            _swarms.Know(swarms);
        }
        if (orders.WantsAllSwarms && swarms.Count < MaxSwarms)
            // What was in this heartbeat it has heard, and nothing that was in an earlier one.
            ForgetAllBut(swarms);
        if (!leaving)
        {
            engine.UploadLimitBytesPerSecond = Smaller(
                options.UploadLimitBytesPerSecond,
                orders.UploadLimitBytesPerSecond
            );
            assignments.Apply(orders.Assignments ?? []);
        }
        bool more = booked && (sends.Count == MaxSends || progress.Count == MaxProgress || swarms.Count == MaxSwarms);
        return more ? _shortestInterval : Clamp(orders.IntervalSeconds);
    }

    private void ForgetAllBut(List<EdgeSwarmLoad> heard)
    {
        _swarms.Forget();
        _swarms.Know(heard);
    }

    /// <summary>
    /// The server does not count this node among its own: it was retired, or its key replaced. What it sent stays in its journal, and is told
    /// if it is taken back.
    /// </summary>
    private void EndSeeding(string? fault)
    {
        assignments.Apply([]);
        if (_refusedTold)
            return;
        _refusedTold = true;
        logger.LogError("The server refuses this node; it seeds no more. {Fault}", fault);
    }

    /// <summary>Of two limits the one that binds; 0 or less is none.</summary>
    private static long Smaller(long own, long ordered) =>
        own <= 0 ? Math.Max(0, ordered)
        : ordered <= 0 ? own
        : Math.Min(own, ordered);

    private static TimeSpan Clamp(double seconds) =>
        double.IsNaN(seconds)
            ? _longestInterval
            : TimeSpan.FromSeconds(Math.Clamp(seconds, _shortestInterval.TotalSeconds, _longestInterval.TotalSeconds));

    private void TellAway(string? fault)
    {
        if (_awaySince == 0)
            _awaySince = clock.GetTimestamp();
        if (fault is null || _awayTold || clock.GetElapsedTime(_awaySince) < _quietTime)
            return;
        _awayTold = true;
        logger.LogWarning("The server takes no heartbeats; seeding goes on. {Fault}", fault);
    }

    private void TellBack()
    {
        if (_awayTold)
            logger.LogInformation("The server takes heartbeats again.");
        _awaySince = 0;
        _awayTold = false;
        _refusedTold = false;
    }
}
