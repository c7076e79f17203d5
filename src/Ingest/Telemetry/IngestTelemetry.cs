using System.Diagnostics;
using System.Diagnostics.Metrics;
using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Telemetry;

namespace Distribution.Ingest.Telemetry;

/// <summary>Instruments and activities of this project; names and units are in <see cref="TelemetryNames"/>.</summary>
internal sealed class IngestTelemetry : IDisposable
{
    private readonly Meter _meter;
    private readonly Counter<long> _uploadBytes;
    private readonly Histogram<double> _hashingSeconds;
    private readonly Histogram<double> _publishSeconds;
    private readonly Counter<long> _sentBytes;

    public IngestTelemetry(IMeterFactory meters)
    {
        _meter = meters.Create(TelemetryNames.IngestSource);
        _uploadBytes = _meter.CreateCounter<long>(TelemetryNames.UploadBytes, "By", "Accepted from uploads");
        _hashingSeconds = _meter.CreateHistogram<double>(
            TelemetryNames.HashingSeconds,
            "s",
            "Hashing of one block of an upload",
            tags: null,
            Seconds(0.00001, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1)
        );
        _publishSeconds = _meter.CreateHistogram<double>(
            TelemetryNames.PublishSeconds,
            "s",
            "From the last byte to published",
            tags: null,
            Seconds(0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5, 10)
        );
        _sentBytes = _meter.CreateCounter<long>(
            TelemetryNames.WebSeedBytes,
            "By",
            "Accepted by sockets from the web seed and the plain link"
        );
    }

    // The default buckets are for milliseconds.
    private static InstrumentAdvice<double> Seconds(params double[] boundaries) =>
        new() { HistogramBucketBoundaries = boundaries };

    public static ActivitySource Activities { get; } = new(TelemetryNames.IngestSource);

    public void Uploaded(long bytes) => _uploadBytes.Add(bytes);

    public void Hashed(string algorithm, TimeSpan time) =>
        _hashingSeconds.Record(time.TotalSeconds, new KeyValuePair<string, object?>("algorithm", algorithm));

    public void Published(TimeSpan time) => _publishSeconds.Record(time.TotalSeconds);

    public void Sent(SendKind kind, long bytes) =>
        _sentBytes.Add(bytes, new KeyValuePair<string, object?>("kind", KindName(kind)));

    public void Dispose() => _meter.Dispose();

    private static string KindName(SendKind kind) =>
        kind switch
        {
            SendKind.WebSeed => "webseed",
            SendKind.Direct => "direct",
            SendKind.EdgeFill => "edge_fill",
            _ => "edge",
        };
}
