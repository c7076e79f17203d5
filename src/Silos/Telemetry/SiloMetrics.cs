using System.Diagnostics;
using System.Diagnostics.Metrics;
using Distribution.Contracts.Swarms;
using Distribution.Contracts.Telemetry;
using Distribution.Silos.Ledgers;
using Distribution.Silos.Swarms;
using Distribution.Silos.Swarms.Shards;

namespace Distribution.Silos.Telemetry;

/// <summary>The silo's instruments, under the names of <see cref="TelemetryNames"/>.</summary>
internal sealed class SiloMetrics
{
    private readonly Counter<long> _announces;

    public SiloMetrics(IMeterFactory meters, SwarmCensus census, AnomalyTally anomalies)
    {
        Meter meter = meters.Create(TelemetryNames.SilosSource);
        _announces = meter.CreateCounter<long>(
            TelemetryNames.Announces,
            "{announce}",
            "Announces answered, by transport, event and outcome."
        );
        meter.CreateObservableGauge(
            TelemetryNames.Peers,
            () => Observe(census.Total),
            "{peer}",
            "Peers in all swarms of this silo, by role."
        );
        meter.CreateObservableCounter(
            TelemetryNames.Anomalies,
            () =>
                anomalies
                    .Read()
                    .Select(static one => new Measurement<long>(
                        one.Viewers,
                        new KeyValuePair<string, object?>("kind", one.Kind.ToString())
                    )),
            "{viewer}",
            "Viewers whose announces said what cannot be so, by kind."
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
