using System.Text.RegularExpressions;
using System.Xml.Linq;
using Distribution.Tests.Shared;

namespace Distribution.Infra.Tests;

public sealed class DockerfileTests : IDisposable
{
    private const string Dockerfile = "infra/docker/Dockerfile";

    private readonly BrokenCopy _copy = new();

    /// <summary>Its instructions, continued lines joined.</summary>
    private static readonly string[] Instructions =
    [
        .. Regex
            .Replace(File.ReadAllText(Repository.PathOf(Dockerfile)), @"\\\n\s*", " ")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !line.StartsWith('#')),
    ];

    /// <summary>Those of the image that runs.</summary>
    private static readonly string[] LastStage =
    [
        .. Instructions.Skip(
            Array.FindLastIndex(Instructions, line => line.StartsWith("FROM ", StringComparison.Ordinal))
        ),
    ];

    public void Dispose() => _copy.Dispose();

    [Fact]
    public async Task The_validator_accepts_it()
    {
        ToolResult lint = await LintAsync(Repository.PathOf(Dockerfile));
        Assert.Equal("", lint.Succeeded().Trim());
    }

    [Theory]
    [InlineData("HEALTHCHECK --interval", "HEALTHCHEK --interval")]
    [InlineData("--interval=10s", "--interval=soon")]
    [InlineData("6969/udp", "6969/upd")]
    [InlineData("--from=build", "--form=build")]
    [InlineData("USER $APP_UID", "USER")]
    [InlineData("CMD [\"serve\"]", "CMD [\"serve\"]\nCMD [\"edge\"]")]
    public async Task The_validator_refuses_a_broken_copy(string old, string broken)
    {
        ToolResult lint = await LintAsync(_copy.Add(Dockerfile, old, broken));
        Assert.NotEqual("", lint.All.Trim());
    }

    [Fact]
    public void It_builds_in_one_image_and_runs_in_another_without_root()
    {
        Assert.Equal(2, Instructions.Count(line => line.StartsWith("FROM ", StringComparison.Ordinal)));
        Assert.Matches(@"^FROM \S+/dotnet/sdk:10\.0 AS build$", Instructions[0]);
        Assert.Matches(@"^FROM \S+/dotnet/aspnet:10\.0$", LastStage[0]);
        string user = Assert.Single(LastStage, line => line.StartsWith("USER ", StringComparison.Ordinal));
        Assert.DoesNotMatch("root|^USER 0", user);
    }

    [Fact]
    public void It_says_its_ports_data_and_health()
    {
        Assert.Contains("EXPOSE 8080 6881 6969/udp", LastStage);
        Assert.Contains("VOLUME /data", LastStage);
        Assert.Contains(
            LastStage,
            line =>
                line.StartsWith("HEALTHCHECK ", StringComparison.Ordinal)
                && line.EndsWith("/health/live", StringComparison.Ordinal)
        );
        Assert.Contains(
            "DISTRIBUTION_DATA=/data ",
            Assert.Single(LastStage, line => line.StartsWith("ENV ", StringComparison.Ordinal)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void What_it_publishes_and_starts_is_there()
    {
        string publish = Assert.Single(Instructions, line => line.Contains("dotnet publish", StringComparison.Ordinal));
        string project = Regex.Match(publish, @"publish (\S+)").Groups[1].Value;
        string file = Assert.Single(Directory.GetFiles(Repository.PathOf(project), "*.csproj"));
        string? assembly = XDocument.Load(file).Descendants("AssemblyName").Single().Value;
        string entry = Assert.Single(LastStage, line => line.StartsWith("ENTRYPOINT ", StringComparison.Ordinal));
        Assert.Contains($"/app/{assembly}.dll", entry, StringComparison.Ordinal);
        Assert.Contains(LastStage, line => line == "COPY --from=build /app /app");
    }

    private static Task<ToolResult> LintAsync(string path) =>
        ExternalTool.RunAsync(
            "node",
            Repository.PathOf("tests/Infra.Tests/node_modules/dockerfile-utils/bin/dockerfile-utils"),
            "lint",
            path
        );
}
