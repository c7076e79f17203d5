namespace Distribution.Contracts.Telemetry;

/// <summary>Names of meters, instruments and activity sources: dashboards and alerts depend on them.</summary>
public static class TelemetryNames
{
    public const string SilosSource = "Distribution.Silos";
    public const string IngestSource = "Distribution.Ingest";
    public const string EdgeSeederSource = "Distribution.EdgeSeeder";

    /// <summary>Counter, bytes: accepted from uploads.</summary>
    public const string UploadBytes = "distribution.ingest.upload.bytes";

    /// <summary>Histogram, seconds: hashing of one block of an upload.</summary>
    public const string HashingSeconds = "distribution.ingest.hashing.duration";

    /// <summary>Histogram, seconds: from the last byte to published.</summary>
    public const string PublishSeconds = "distribution.ingest.publish.duration";

    /// <summary>Counter, bytes: accepted by sockets from the web seed and the plain link; tag "kind".</summary>
    public const string WebSeedBytes = "distribution.webseed.sent.bytes";

    /// <summary>Counter: announces answered; tags "transport", "event", "refused".</summary>
    public const string Announces = "distribution.tracker.announces";

    /// <summary>Counter: requests refused because their address or network asked too much; tag "transport".</summary>
    public const string LimitedRequests = "distribution.tracker.limited.requests";

    /// <summary>Counter: viewers whose announces said what cannot be so; tag "kind".</summary>
    public const string Anomalies = "distribution.ledger.anomalies";

    /// <summary>Gauge: peers in all swarms of this silo; tag "role" (seeder, leecher, edge).</summary>
    public const string Peers = "distribution.tracker.peers";

    /// <summary>Counter: peers that others were told of; tag "nearness" (household, prefix, as, wide-prefix, country, other).</summary>
    public const string PeersTold = "distribution.tracker.peers.told";

    /// <summary>Counter: states of swarms that were put together for those who watch, and for pages; none while nobody looks.</summary>
    public const string LiveStates = "distribution.tracker.live.states";

    /// <summary>Up-down counter: who watches swarms of this silo, each process once for each swarm.</summary>
    public const string LiveWatchers = "distribution.tracker.live.watchers";

    /// <summary>Counter, bytes: payload that edges sent.</summary>
    public const string EdgeBytes = "distribution.edge.sent.bytes";

    /// <summary>Counter, bytes: fetched into the edge's cache.</summary>
    public const string EdgeFillBytes = "distribution.edge.fill.bytes";

    /// <summary>Counter, bytes: what edges sent beside payload; tag "kind" (protocol, metadata).</summary>
    public const string EdgeOverheadBytes = "distribution.edge.overhead.bytes";

    /// <summary>Counter: pieces thrown away because their hash was wrong; tag "where" (origin, cache).</summary>
    public const string EdgeDamagedPieces = "distribution.edge.damaged.pieces";

    /// <summary>Gauge: open connections of the edge.</summary>
    public const string EdgeConnections = "distribution.edge.connections";

    /// <summary>Payload that peers sent to edges that checked what they show.</summary>
    public const string EdgeAuditBytes = "distribution.edge.audit.bytes";

    /// <summary>Checks of what peers show; <c>outcome</c>: confirmed, unanswered, wrong.</summary>
    public const string EdgeAudits = "distribution.edge.audits";
}
