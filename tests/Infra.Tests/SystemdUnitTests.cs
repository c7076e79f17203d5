using System.Text.RegularExpressions;
using Distribution.Tests.Shared;

namespace Distribution.Infra.Tests;

public sealed class SystemdUnitTests : IDisposable
{
    private const string Unit = "infra/systemd/distribution.service";
    private const string Program = "/usr/lib/distribution/distribution";

    private readonly BrokenCopy _copy = new();

    public void Dispose() => _copy.Dispose();

    /// <summary>The program is not installed where this test runs, and that must be the only complaint.</summary>
    [Fact]
    public async Task Systemd_accepts_all_but_the_program_that_is_not_installed_here()
    {
        ToolResult verify = await VerifyAsync(Repository.PathOf(Unit));
        if (!File.Exists(Program))
            Assert.Equal(
                $"distribution.service: Command {Program} is not executable: No such file or directory",
                verify.All.Trim()
            );
    }

    [Fact]
    public async Task Systemd_accepts_it_with_a_program_that_is_there()
    {
        ToolResult verify = await VerifyAsync(_copy.Add(Unit, $"ExecStart={Program}", "ExecStart=/bin/true"));
        Assert.Equal("", verify.All.Trim());
        verify.Succeeded();
    }

    [Theory]
    [InlineData("Restart=on-failure", "Restrat=on-failure")]
    [InlineData("Restart=on-failure", "Restart=maybe")]
    [InlineData("TimeoutStopSec=15", "TimeoutStopSec=soon")]
    [InlineData("KillSignal=SIGTERM", "KillSignal=SIGPLEASE")]
    [InlineData("ProtectSystem=strict", "ProtectSystem=somewhat")]
    [InlineData("[Service]", "[Servcie]")]
    public async Task Systemd_refuses_a_broken_copy(string old, string broken)
    {
        string path = _copy.Add(Unit, old, broken);
        File.WriteAllText(
            path,
            File.ReadAllText(path).Replace($"ExecStart={Program}", "ExecStart=/bin/true", StringComparison.Ordinal)
        );
        ToolResult verify = await VerifyAsync(path);
        Assert.NotEqual("", verify.All.Trim());
    }

    [Fact]
    public async Task Little_of_the_system_is_exposed_to_it()
    {
        // In tenths, as the tool takes it: 20 of 100. Without the hardening it is 96.
        (await SecurityAsync(Repository.PathOf(Unit))).Succeeded();
        string soft = _copy.Add(Unit);
        File.WriteAllText(
            soft,
            Regex.Replace(
                File.ReadAllText(soft),
                "^(Protect|Private|Restrict|System|Capability|Dynamic).*\n",
                "",
                RegexOptions.Multiline
            )
        );
        Assert.NotEqual(0, (await SecurityAsync(soft)).ExitCode);
    }

    [Fact]
    public void It_is_stopped_gently_and_comes_back()
    {
        string[] lines = File.ReadAllLines(Repository.PathOf(Unit));
        Assert.Contains("DynamicUser=yes", lines);
        Assert.Contains("StateDirectory=distribution", lines);
        Assert.Contains("Restart=on-failure", lines);
        Assert.Contains("KillSignal=SIGTERM", lines);
        Assert.Contains("TimeoutStopSec=15", lines);
        Assert.Contains($"ExecStart={Program} serve --data /var/lib/distribution", lines);
    }

    private static Task<ToolResult> VerifyAsync(string path) =>
        ExternalTool.RunAsync("systemd-analyze", "verify", "--man=no", path);

    private static Task<ToolResult> SecurityAsync(string path) =>
        ExternalTool.RunAsync("systemd-analyze", "security", "--offline=true", "--no-pager", "--threshold=20", path);
}
