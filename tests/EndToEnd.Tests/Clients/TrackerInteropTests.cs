using Distribution.EndToEnd.Tests.Harness;

namespace Distribution.EndToEnd.Tests.Clients;

/// <summary>Runs tests/TrackerInterop in a short form: stock clients that have nobody but our tracker to hear of each other from.</summary>
public sealed class TrackerInteropTests
{
    private const string Python = "/usr/bin/python3";
    private const int CannotRunHere = 77;

    private static readonly string Lab = Path.Combine(Repository.Root, "tests", "TrackerInterop");

    [Fact]
    public async Task Stock_clients_find_each_other_over_http_and_udp_and_exchange_files()
    {
        Requires.Program("qbittorrent-nox");
        Requires.Program("rtorrent");
        await LibtorrentClient.RequireAsync();
        await using RunningProgram program = RunningProgram.Start(
            Python,
            [
                Path.Combine(Lab, "tracker_interop.py"),
                "--program",
                Repository.Program,
                "--clients",
                "rTorrent,qBittorrent,libtorrent",
                "--ring",
            ],
            Lab
        );
        CommandResult result = new(await program.ExitAsync(TimeSpan.FromMinutes(6)), program.Output, program.Errors);
        Requires.That(result.Status != CannotRunHere, $"the interop lab cannot run: {result.Output.Trim()}");
        Console.WriteLine(result.Output);
        Assert.True(result.Status == 0, result.ToString());
        Assert.Contains("6 of 6 arrived", result.Output, StringComparison.Ordinal);
    }
}
