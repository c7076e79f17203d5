using System.Diagnostics;
using System.Diagnostics.Metrics;
using Distribution.Contracts.Swarms;
using Distribution.Contracts.Telemetry;
using Distribution.Silos.Swarms;
using Distribution.Silos.Swarms.Shards;

namespace Distribution.Silos.Telemetry;

/// <summary>The silo's instruments, under the names of <see cref="TelemetryNames"/>.</summary>
internal sealed class SiloMetrics
{
    private readonly Counter<long> _announces;
    private readonly Counter<long> _liveStates;
    private readonly UpDownCounter<long> _liveWatchers;

    public SiloMetrics(IMeterFactory meters, SwarmCensus census)
    {
        Meter meter = meters.Create(TelemetryNames.SilosSource);
        _announces = meter.CreateCounter<long>(
            TelemetryNames.Announces,
            "{announce}",
            "Announces answered, by transport, event and outcome."
        );
        _liveStates = meter.CreateCounter<long>(
            TelemetryNames.LiveStates,
            "{state}",
            "States of swarms that were put together for those who watch."
        );
        _liveWatchers = meter.CreateUpDownCounter<long>(
            TelemetryNames.LiveWatchers,
            "{watcher}",
            "Who watches swarms of this silo."
        );
        meter.CreateObservableGauge(
            TelemetryNames.Peers,
            () => Observe(census.Total),
            "{peer}",
            "Peers in all swarms of this silo, by role."
        );
    }

    public static ActivitySource Activities { get; } = new(TelemetryNames.SilosSource);

    /// <summary>Counts a batch that was answered; deferred announces count when they are answered.</summary>
    public void CountAnnounces(string transport, AnnounceBatch batch)
    {
        if (!_announces.Enabled)
            return;
        var tally = new AnnounceTally();
        for (int i = 0; i < batch.Count; i++)
        {
            AnnounceOutcome outcome = batch.Replies.OutcomeOf(i);
            if (outcome != AnnounceOutcome.Deferred)
                tally.Count(batch[i].Event, outcome != AnnounceOutcome.Answered);
        }
        CountAnnounces(transport, tally);
    }

    /// <summary>Takes over a tally, and sets it back to nothing.</summary>
    public void CountAnnounces(string transport, AnnounceTally tally)
    {
        for (int i = 0; i < AnnounceTally.Events; i++)
        {
            CountAnnounces(transport, (AnnounceEvent)i, false, tally.Take((AnnounceEvent)i, refused: false));
            CountAnnounces(transport, (AnnounceEvent)i, true, tally.Take((AnnounceEvent)i, refused: true));
        }
    }

    public void CountAnnounces(string transport, AnnounceEvent announceEvent, bool refused, int count)
    {
        if (count == 0)
            return;
        _announces.Add(
            count,
            new KeyValuePair<string, object?>("transport", transport),
            new KeyValuePair<string, object?>("event", NameOf(announceEvent)),
            new KeyValuePair<string, object?>("refused", refused ? "true" : "false")
        );
    }

    public void CountLiveState() => _liveStates.Add(1);

    /// <param name="change">How many came, below 0 how many went.</param>
    public void CountLiveWatchers(int change)
    {
        if (change != 0)
            _liveWatchers.Add(change);
    }

    private static string NameOf(AnnounceEvent announceEvent) =>
        announceEvent switch
        {
            AnnounceEvent.Started => "started",
            AnnounceEvent.Completed => "completed",
            AnnounceEvent.Stopped => "stopped",
            AnnounceEvent.Paused => "paused",
            _ => "none",
        };

    private static Measurement<long>[] Observe(SwarmCounts total) =>
        [
            new(total.Seeders, new KeyValuePair<string, object?>("role", "seeder")),
            new(total.Leechers, new KeyValuePair<string, object?>("role", "leecher")),
            new(total.Edges, new KeyValuePair<string, object?>("role", "edge")),
        ];
}
