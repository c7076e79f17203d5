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
            "Hashing of one block of an upload"
        );
        _publishSeconds = _meter.CreateHistogram<double>(
            TelemetryNames.PublishSeconds,
            "s",
            "From the last byte to published"
        );
        _sentBytes = _meter.CreateCounter<long>(
            TelemetryNames.WebSeedBytes,
            "By",
            "Accepted by sockets from the web seed and the plain link"
        );
    }

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
