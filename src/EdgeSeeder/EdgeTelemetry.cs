using System.Diagnostics;
using System.Diagnostics.Metrics;
using Distribution.Contracts.Telemetry;
using Distribution.EdgeSeeder.Seeding.Audits;

namespace Distribution.EdgeSeeder;

/// <summary>The edge's instruments, by the names that <see cref="TelemetryNames"/> fixes, and the same totals for snapshots.</summary>
internal sealed class EdgeTelemetry : IDisposable
{
    private static readonly KeyValuePair<string, object?> _protocol = new("kind", "protocol");
    private static readonly KeyValuePair<string, object?> _metadata = new("kind", "metadata");
    private static readonly KeyValuePair<string, object?> _origin = new("where", "origin");
    private static readonly KeyValuePair<string, object?> _cache = new("where", "cache");

    private static readonly KeyValuePair<string, object?> _confirmed = new("outcome", "confirmed");
    private static readonly KeyValuePair<string, object?> _unanswered = new("outcome", "unanswered");
    private static readonly KeyValuePair<string, object?> _wrong = new("outcome", "wrong");

    private readonly ActivitySource _activities = new(TelemetryNames.EdgeSeederSource);
    private readonly Meter _meter = new(TelemetryNames.EdgeSeederSource);
    private readonly Counter<long> _sentBytes;
    private readonly Counter<long> _overheadBytes;
    private readonly Counter<long> _fillBytes;
    private readonly Counter<long> _damagedPieces;
    private readonly Counter<long> _auditBytes;
    private readonly Counter<long> _audits;
    private long _fillTotal;
    private long _corruptFills;
    private long _damagedInCache;

    public EdgeTelemetry()
    {
        _sentBytes = _meter.CreateCounter<long>(TelemetryNames.EdgeBytes, "By");
        _overheadBytes = _meter.CreateCounter<long>(TelemetryNames.EdgeOverheadBytes, "By");
        _fillBytes = _meter.CreateCounter<long>(TelemetryNames.EdgeFillBytes, "By");
        _damagedPieces = _meter.CreateCounter<long>(TelemetryNames.EdgeDamagedPieces);
        _auditBytes = _meter.CreateCounter<long>(TelemetryNames.EdgeAuditBytes, "By");
        _audits = _meter.CreateCounter<long>(TelemetryNames.EdgeAudits);
    }

    /// <summary>Read from origins, wrong data included.</summary>
    public long FillBytes => Interlocked.Read(ref _fillTotal);

    /// <summary>Pieces that an origin sent wrong.</summary>
    public long CorruptFills => Interlocked.Read(ref _corruptFills);

    /// <summary>Pieces that were wrong or unreadable on the disk.</summary>
    public long DamagedInCache => Interlocked.Read(ref _damagedInCache);

    /// <summary>A span around one piece's way from the origin into the cache.</summary>
    public Activity? StartFill(string infoHash, int piece)
    {
        Activity? activity = _activities.StartActivity("edge.fill", ActivityKind.Client);
        activity?.SetTag("distribution.infohash", infoHash).SetTag("distribution.piece", piece);
        return activity;
    }

    public void Sent(long payloadBytes) => _sentBytes.Add(payloadBytes);

    public void SentOverhead(long bytes) => _overheadBytes.Add(bytes, _protocol);

    public void SentMetadata(long bytes) => _overheadBytes.Add(bytes, _metadata);

    public void Filled(long bytes)
    {
        Interlocked.Add(ref _fillTotal, bytes);
        _fillBytes.Add(bytes);
    }

    public void AuditReceived(long bytes) => _auditBytes.Add(bytes);

    public void Audited(AuditOutcome outcome) =>
        _audits.Add(
            1,
            outcome switch
            {
                AuditOutcome.Confirmed => _confirmed,
                AuditOutcome.Unanswered => _unanswered,
                _ => _wrong,
            }
        );

    public void FillCorrupt()
    {
        Interlocked.Increment(ref _corruptFills);
        _damagedPieces.Add(1, _origin);
    }

    public void CacheDamaged()
    {
        Interlocked.Increment(ref _damagedInCache);
        _damagedPieces.Add(1, _cache);
    }

    public void ObserveConnections(Func<int> connections) =>
        _meter.CreateObservableGauge(TelemetryNames.EdgeConnections, connections);

    public void Dispose()
    {
        _meter.Dispose();
        _activities.Dispose();
    }
}
