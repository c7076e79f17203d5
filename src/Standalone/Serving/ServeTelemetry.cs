using Distribution.Contracts.Telemetry;
using OpenTelemetry;
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

    private static bool Exports =>
        !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT"));

    public static void AddServeTelemetry(this IHostApplicationBuilder builder) =>
        builder
            .AddExports(traces => traces.AddSource(OrleansSources).AddAspNetCoreInstrumentation())
            .WithMetrics(metrics =>
                metrics.AddMeter("Microsoft.Orleans").AddAspNetCoreInstrumentation().AddPrometheusExporter()
            );

    /// <summary>For an edge alone, which has no HTTP server: OTLP is its only way out.</summary>
    public static void AddEdgeTelemetry(this IHostApplicationBuilder builder) => builder.AddExports(_ => { });

    private static OpenTelemetryBuilder AddExports(
        this IHostApplicationBuilder builder,
        Action<TracerProviderBuilder> moreTraces
    )
    {
        OpenTelemetryBuilder telemetry = builder
            .Services.AddOpenTelemetry()
            .ConfigureResource(resource =>
                resource.AddService(
                    "distribution",
                    serviceVersion: typeof(ServeTelemetry).Assembly.GetName().Version?.ToString(3)
                )
            )
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(OurNames).AddRuntimeInstrumentation();
                if (Exports)
                    metrics.AddOtlpExporter();
            });
        if (Exports)
            telemetry.WithTracing(traces =>
            {
                traces.AddSource(OurNames).AddOtlpExporter();
                moreTraces(traces);
            });
        return telemetry;
    }
}
