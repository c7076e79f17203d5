using System.Diagnostics;
using Distribution.Tests.Shared;
using YamlDotNet.Serialization;

namespace Distribution.Infra.Tests;

public sealed class ComposeTests : IDisposable
{
    private const string ComposeFile = "infra/docker/docker-compose.yml";

    private readonly BrokenCopy _copy = new();

    public void Dispose() => _copy.Dispose();

    [Fact]
    public async Task The_validator_accepts_it()
    {
        string config = (await ConfigAsync(Repository.PathOf(ComposeFile), publicHost: "cdn.example.org")).Succeeded();
        Compose compose = new DeserializerBuilder().IgnoreUnmatchedProperties().Build().Deserialize<Compose>(config);
        Service service = Assert.Single(compose.services).Value;
        Assert.Equal("unless-stopped", service.restart);
        Assert.Equal(["data:/data:rw"], service.volumes);
        Assert.Equal(["8080", "6881", "6969"], service.ports.Select(port => port["target"]));
        Assert.Equal("udp", service.ports[2]["protocol"]);
        Assert.Equal("cdn.example.org", service.environment["DISTRIBUTION_PUBLIC_HOST"]);
        Assert.Equal(Path.TrimEndingDirectorySeparator(Repository.Root), service.build["context"]);
        Assert.True(File.Exists(Repository.PathOf(service.build["dockerfile"])));
    }

    [Fact]
    public async Task It_asks_for_the_host_that_links_name()
    {
        ToolResult config = await ConfigAsync(Repository.PathOf(ComposeFile), publicHost: null);
        Assert.NotEqual(0, config.ExitCode);
        Assert.Contains("the host that viewers reach", config.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("restart:", "restrat:")]
    [InlineData("6969:6969/udp", "6969:six/udp")]
    [InlineData("- data:/data", "- elsewhere:/data")]
    [InlineData("services:", "services:\n  - x")]
    public async Task The_validator_refuses_a_broken_copy(string old, string broken)
    {
        ToolResult config = await ConfigAsync(_copy.Add(ComposeFile, old, broken), publicHost: "cdn.example.org");
        Assert.NotEqual(0, config.ExitCode);
    }

    private static Task<ToolResult> ConfigAsync(string path, string? publicHost)
    {
        var start = new ProcessStartInfo("docker-compose", ["-f", path, "config"]);
        start.Environment["DISTRIBUTION_PUBLIC_HOST"] = publicHost ?? "";
        return ExternalTool.RunAsync(start);
    }

#pragma warning disable IDE1006, CS8618, CA1812, CA1819 // Named as in the file; YamlDotNet makes and fills them.
    public sealed class Compose
    {
        public Dictionary<string, Service> services { get; set; }
    }

    public sealed class Service
    {
        public string restart { get; set; }
        public string[] volumes { get; set; }
        public Dictionary<string, string>[] ports { get; set; }
        public Dictionary<string, string> environment { get; set; }
        public Dictionary<string, string> build { get; set; }
    }
#pragma warning restore
}
