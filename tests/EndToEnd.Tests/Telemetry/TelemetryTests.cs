using Distribution.EndToEnd.Tests.Harness;

namespace Distribution.EndToEnd.Tests.Telemetry;

/// <summary>What an operator's collectors see.</summary>
public sealed class TelemetryTests
{
    /// <summary>Names as dashboards and alerts use them: changing one breaks them.</summary>
    private static readonly string[] Instruments =
    [
        "distribution.ingest.upload.bytes",
        "distribution.ingest.hashing.duration",
        "distribution.ingest.publish.duration",
        "distribution.webseed.sent.bytes",
        "distribution.tracker.announces",
        "distribution.tracker.peers",
        "distribution.edge.sent.bytes",
        "distribution.edge.fill.bytes",
        "distribution.edge.connections",
    ];

    [Fact]
    public async Task Metrics_hold_our_instruments_after_traffic()
    {
        await using DistributionServer server = await DistributionServer.StartAsync();
        await MakeTrafficAsync(server);

        string text = "";
        await Wait.UntilAsync(
            async () =>
            {
                text = await server.Http.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
                return Instruments.All(name => text.Contains(Prometheus(name), StringComparison.Ordinal));
            },
            TimeSpan.FromSeconds(30),
            "every instrument shows in /metrics"
        );
        Assert.Contains("orleans", text, StringComparison.Ordinal);
        Assert.Contains("http_server_request_duration", text, StringComparison.Ordinal);
        Assert.Contains("dotnet_gc", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Traces_and_metrics_go_to_an_OTLP_collector_when_one_is_named()
    {
        await using OtlpReceiver collector = await OtlpReceiver.StartAsync();
        await using DistributionServer server = await DistributionServer.StartAsync(
            new ServerSettings
            {
                Environment = new Dictionary<string, string>
                {
                    ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Url,
                    ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
                    ["OTEL_METRIC_EXPORT_INTERVAL"] = "500",
                    ["OTEL_BSP_SCHEDULE_DELAY"] = "500",
                },
            }
        );
        await MakeTrafficAsync(server);

        foreach (string name in Instruments)
            await Wait.UntilAsync(
                () => Task.FromResult(collector.Received("/v1/metrics", name)),
                TimeSpan.FromSeconds(30),
                $"{name} arrives at the collector"
            );
        foreach (string source in new[] { "Distribution.Ingest", "Microsoft.AspNetCore", "Microsoft.Orleans" })
            await Wait.UntilAsync(
                () => Task.FromResult(collector.Received("/v1/traces", source)),
                TimeSpan.FromSeconds(30),
                $"spans of {source} arrive at the collector"
            );
    }

    private static async Task MakeTrafficAsync(DistributionServer server)
    {
        TestVideo source = await Videos.OfAsync(8);
        PublishedVideo video = await server.PublishAsync(source.Path);
        await server.Http.GetByteArrayAsync(video.WebSeedUrl, TestContext.Current.CancellationToken);
        await using Clients.LibtorrentClient viewer = await Clients.LibtorrentClient.StartMagnetAsync(video.BareMagnet);
        await viewer.FinishedAsync(TimeSpan.FromSeconds(60));
    }

    /// <summary>The exporter writes dots as underscores, and puts unit and kind behind the name.</summary>
    private static string Prometheus(string name) => name.Replace('.', '_');
}
