using Distribution.EndToEnd.Tests.Harness;

namespace Distribution.EndToEnd.Tests.Downloads;

/// <summary>The short form of tests/Interop: four stock clients that want nothing but encryption finish from an edge and a bare magnet, at once.</summary>
public sealed class InteropTests
{
    private const string Python = "/usr/bin/python3";

    [Fact]
    public async Task Clients_that_demand_encryption_finish_from_an_edge_alone()
    {
        Requires.That(Environment.IsPrivilegedProcess, "a network namespace needs root");
        foreach (string tool in (string[])["ip", "aria2c", "qbittorrent-nox", "rtorrent"])
            Requires.Program(tool);
        await using RunningProgram program = RunningProgram.Start(
            Python,
            [
                Path.Combine(Repository.Root, "tests", "Interop", "interop.py"),
                "--short",
                // Transmission takes 20 s for a magnet, EdgeSeeder.Tests has it; WebTorrent cannot encrypt.
                "--clients",
                "libtorrent,qbittorrent,rtorrent,aria2",
                "--at-once",
                "8",
                "--program",
                Repository.Program,
            ],
            Repository.Root,
            new Dictionary<string, string> { ["PYTHONDONTWRITEBYTECODE"] = "1" }
        );
        int status = await program.ExitAsync(TimeSpan.FromMinutes(3));
        Assert.True(status == 0, program.Transcript());
        Assert.Contains("0 failed", program.Output, StringComparison.Ordinal);
    }
}
