using System.Diagnostics.Metrics;
using System.Reflection;
using System.Text.RegularExpressions;
using Distribution.Contracts.Telemetry;
using Distribution.Tests.Shared;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using YamlDotNet.Serialization;

namespace Distribution.Infra.Tests;

public sealed class PrometheusTests : IDisposable
{
    private const string Config = "infra/prometheus/prometheus.yml";
    private const string Alerts = "infra/prometheus/alerts.yml";
    private const string AlertTests = "infra/prometheus/alerts.test.yml";

    private readonly BrokenCopy _copy = new();

    public void Dispose() => _copy.Dispose();

    [Fact]
    public async Task Promtool_accepts_configuration_and_rules()
    {
        (await ExternalTool.RunAsync("promtool", "check", "config", Repository.PathOf(Config))).Succeeded();
        (await ExternalTool.RunAsync("promtool", "check", "rules", Repository.PathOf(Alerts))).Succeeded();
    }

    [Fact]
    public async Task Each_alert_fires_where_it_should()
    {
        (await ExternalTool.RunAsync("promtool", "test", "rules", Repository.PathOf(AlertTests))).Succeeded();
        string tests = File.ReadAllText(Repository.PathOf(AlertTests));
        foreach (Match alert in Regex.Matches(File.ReadAllText(Repository.PathOf(Alerts)), @"alert: (\w+)"))
            Assert.Contains($"alertname: {alert.Groups[1].Value}\n", tests, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("scrape_interval: 15s", "scrape_interval: fifteen")]
    [InlineData("static_configs", "static_confgis")]
    [InlineData("alerts.yml", "missing.yml")]
    public async Task Promtool_refuses_a_broken_configuration(string old, string broken)
    {
        _copy.Add(Alerts);
        ToolResult check = await ExternalTool.RunAsync("promtool", "check", "config", _copy.Add(Config, old, broken));
        Assert.NotEqual(0, check.ExitCode);
    }

    [Theory]
    [InlineData("sum by (instance) (rate(", "sum by (instance) (rate((")]
    [InlineData("expr: up", "exp: up")]
    [InlineData("for: 1m", "for: a while")]
    [InlineData("$labels.instance }} does", "$labels.instance does")]
    public async Task Promtool_refuses_broken_rules(string old, string broken)
    {
        ToolResult check = await ExternalTool.RunAsync("promtool", "check", "rules", _copy.Add(Alerts, old, broken));
        Assert.NotEqual(0, check.ExitCode);
    }

    [Theory]
    [InlineData("== 0", "== 1")]
    [InlineData("> 0.5", "> 0.9")]
    [InlineData("[30m]) > rate(", "[30m]) < rate(")]
    public async Task An_alert_that_does_not_fire_is_seen(string old, string broken)
    {
        _copy.Add(Alerts, old, broken);
        ToolResult test = await ExternalTool.RunAsync("promtool", "test", "rules", _copy.Add(AlertTests));
        Assert.NotEqual(0, test.ExitCode);
    }

    /// <summary>The real exporter renames the names in Contracts; what the rules ask for must be among what it says.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Rules_ask_only_for_metrics_that_the_exporter_shows(bool withUnits)
    {
        string exported = await ExportAllAsync(withUnits);
        string[] asked = [.. MetricsOf(File.ReadAllText(Repository.PathOf(Alerts))).Distinct()];
        Assert.NotEmpty(asked);
        Assert.All(asked, name => Assert.Matches($@"(?m)^{Regex.Escape(name)}[{{ ]", exported));
    }

    private static IEnumerable<string> MetricsOf(string rules)
    {
        RuleFile file = new DeserializerBuilder().IgnoreUnmatchedProperties().Build().Deserialize<RuleFile>(rules);
        return file
            .groups.SelectMany(group => group.rules)
            .SelectMany(rule => Regex.Matches(rule.expr, @"\bdistribution_\w+").Select(match => match.Value));
    }

    /// <summary>What a scrape shows once every counter of Contracts has counted, and every gauge was set.</summary>
    private static async Task<string> ExportAllAsync(bool withUnits)
    {
        CancellationToken cancelled = TestContext.Current.CancellationToken;
        using var meter = new Meter($"infra-tests-{withUnits}");
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder
            .Services.AddOpenTelemetry()
            .WithMetrics(metrics => metrics.AddMeter(meter.Name).AddPrometheusExporter());
        await using WebApplication app = builder.Build();
        app.MapPrometheusScrapingEndpoint("/metrics");
        await app.StartAsync(cancelled);
        foreach (
            FieldInfo name in typeof(TelemetryNames)
                .GetFields()
                .Where(field => !field.Name.EndsWith("Source", StringComparison.Ordinal))
        )
            Record(meter, name.Name, (string)name.GetValue(null)!, withUnits);
        using var client = new HttpClient();
        return await client.GetStringAsync($"{app.Urls.Single()}/metrics", cancelled);
    }

    private static void Record(Meter meter, string field, string name, bool withUnits)
    {
        if (name.EndsWith(".bytes", StringComparison.Ordinal))
            meter.CreateCounter<long>(name, withUnits ? "By" : null).Add(1);
        else if (name.EndsWith(".duration", StringComparison.Ordinal))
            meter.CreateHistogram<double>(name, withUnits ? "s" : null).Record(1);
        else if (field is nameof(TelemetryNames.Peers) or nameof(TelemetryNames.EdgeConnections))
            meter.CreateGauge<long>(name, withUnits ? "{peer}" : null).Record(1);
        else
            meter.CreateCounter<long>(name, withUnits ? "{announce}" : null).Add(1);
    }

#pragma warning disable IDE1006, CS8618, CA1819 // Named as in the file; YamlDotNet makes and fills them.
    public sealed class RuleFile
    {
        public RuleGroup[] groups { get; set; }
    }

    public sealed class RuleGroup
    {
        public Rule[] rules { get; set; }
    }

    public sealed class Rule
    {
        public string expr { get; set; }
    }
#pragma warning restore
}
