using Distribution.Contracts.Telemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Distribution.Standalone.Serving;

/// <summary>
/// OpenTelemetry: Prometheus text at <c>/metrics</c> always; traces and metrics by OTLP where OTEL_EXPORTER_OTLP_ENDPOINT names a
/// collector. The SDK itself reads the other OTEL_… variables.
/// </summary>
internal static class ServeTelemetry
{
    /// <summary>Of our meters and of our activity sources alike.</summary>
    private static readonly string[] OurNames =
    [
        TelemetryNames.SilosSource,
        TelemetryNames.IngestSource,
        TelemetryNames.EdgeSeederSource,
    ];

    private static readonly string[] OrleansSources =
    [
        "Microsoft.Orleans.Application",
        "Microsoft.Orleans.Runtime",
        "Microsoft.Orleans.Lifecycle",
        "Microsoft.Orleans.Storage",
    ];

    public static void AddServeTelemetry(this WebApplicationBuilder builder)
    {
        bool exports = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT"));
        OpenTelemetry.OpenTelemetryBuilder telemetry = builder
            .Services.AddOpenTelemetry()
            .ConfigureResource(resource =>
                resource.AddService(
                    "distribution",
                    serviceVersion: typeof(ServeTelemetry).Assembly.GetName().Version?.ToString(3)
                )
            )
            .WithMetrics(metrics =>
            {
                metrics
                    .AddMeter(OurNames)
                    .AddMeter("Microsoft.Orleans")
                    .AddAspNetCoreInstrumentation()
                    .AddRuntimeInstrumentation()
                    .AddPrometheusExporter();
                if (exports)
                    metrics.AddOtlpExporter();
            });
        if (exports)
            telemetry.WithTracing(traces =>
                traces.AddSource(OurNames).AddSource(OrleansSources).AddAspNetCoreInstrumentation().AddOtlpExporter()
            );
    }
}
