using Distribution.EndToEnd.Tests.Harness;

namespace Distribution.EndToEnd.Tests.Crashes;

/// <summary>Runs tests/Faults in a short form: server and edge are killed while viewers take from them; the ledger against the sockets.</summary>
public sealed class LedgerFaultsTests
{
    private const string Python = "/usr/bin/python3";

    private static readonly string Faults = Path.Combine(Repository.Root, "tests", "Faults");

    [Fact]
    public async Task What_is_killed_while_it_sends_counts_no_byte_twice_and_loses_no_more_than_a_call()
    {
        Requires.That(File.Exists(Python), $"there is no {Python}");
        Requires.That(File.Exists("/usr/bin/gcc"), "there is no gcc, which the tracer of sockets needs");
        await using RunningProgram program = RunningProgram.Start(
            Python,
            [
                Path.Combine(Faults, "ledger_faults.py"),
                "--kills",
                "2",
                "--viewers",
                "2",
                "--mib",
                "4",
                "--pause",
                "0.4",
                // One kill of the server, one of the edge.
                "--seed",
                "4",
                "--program",
                Repository.Program,
            ],
            Faults,
            new Dictionary<string, string> { ["PYTHONDONTWRITEBYTECODE"] = "1" }
        );
        CommandResult result = new(await program.ExitAsync(TimeSpan.FromMinutes(5)), program.Output, program.Errors);
        Console.WriteLine(result.Output);
        Assert.True(result.Status == 0, result.ToString());
        Assert.Contains("2 kills, 0 failures", result.Output, StringComparison.Ordinal);
    }
}
