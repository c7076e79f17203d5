using Distribution.EndToEnd.Tests.Harness;

namespace Distribution.EndToEnd.Tests.Crashes;

/// <summary>Runs tests/Faults in a short form: three edges, of which one is killed while viewers take from it.</summary>
public sealed class EdgeFaultsTests
{
    private const string Python = "/usr/bin/python3";

    private static readonly string Faults = Path.Combine(Repository.Root, "tests", "Faults");

    [Fact]
    public async Task A_killed_edge_stops_no_viewer_and_loses_no_byte()
    {
        Requires.That(File.Exists(Python), $"there is no {Python}");
        Requires.That(Environment.UserName == "root", "network namespaces need root");
        await using RunningProgram program = RunningProgram.Start(
            Python,
            [
                Path.Combine(Faults, "edge_faults.py"),
                "--faults",
                "kill",
                "--swarms",
                "12",
                "--active",
                "3",
                "--second",
                "0",
                "--mib",
                "2",
                "--rate-kib",
                "700",
                "--down",
                "1",
                // Not the time that is promised, which a busy machine may miss: that is for the long form.
                "--longest",
                "60",
                "--program",
                Repository.Program,
            ],
            Faults,
            new Dictionary<string, string> { ["PYTHONDONTWRITEBYTECODE"] = "1" }
        );
        CommandResult result = new(await program.ExitAsync(TimeSpan.FromMinutes(5)), program.Output, program.Errors);
        Console.WriteLine(result.Output);
        Assert.True(result.Status == 0, result.ToString());
        Assert.Contains("1 faults, 0 failures", result.Output, StringComparison.Ordinal);
    }
}
