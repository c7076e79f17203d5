using System.Text.Json;
using Distribution.EndToEnd.Tests.Harness;

namespace Distribution.EndToEnd.Tests;

/// <summary>Runs tests/SwarmLab: stock viewers in network namespaces, and three accounts of the same bytes side by side.</summary>
public sealed class SwarmLabTests
{
    private const string Python = "/usr/bin/python3";
    private const int CannotRunHere = 77;

    private static readonly string Lab = Path.Combine(Repository.Root, "tests", "SwarmLab");

    [Fact]
    public async Task Payload_is_told_from_headers_in_any_slices()
    {
        CommandResult result = await RunAsync(["-m", "unittest"], TimeSpan.FromSeconds(60));
        Assert.True(result.Status == 0, result.ToString());
        Assert.Contains("OK", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_report_is_what_the_sockets_sent_and_agrees_with_the_books_of_eight_viewers()
    {
        using var folder = new TempFolder();
        string document = folder.File("result.json");
        CommandResult result = await RunAsync(
            [Path.Combine(Lab, "swarm_lab.py"), "--program", Repository.Program, "--output", document],
            TimeSpan.FromMinutes(8)
        );
        Requires.That(result.Status != CannotRunHere, $"the swarm lab cannot run: {result.Output.Trim()}");
        Console.WriteLine(result.Output);
        Assert.True(File.Exists(document), result.ToString());

        using JsonDocument read = JsonDocument.Parse(
            await File.ReadAllTextAsync(document, TestContext.Current.CancellationToken)
        );
        JsonElement root = read.RootElement;
        Assert.Equal(8, root.GetProperty("viewers").GetArrayLength());
        Assert.Empty(root.GetProperty("faults").EnumerateArray());
        foreach (string sender in (string[])["webSeedBytes", "edgeBytes"])
        {
            (long report, long sockets, long viewers) = (
                Total(root, sender, "report"),
                Total(root, sender, "sockets"),
                Total(root, sender, "viewers")
            );
            Assert.Equal(sockets, report);
            Assert.InRange(viewers, 1, report);
            Assert.InRange(report, 0.97 * viewers, 1.03 * viewers);
        }
        Assert.Equal(Total(root, "edgeFillBytes", "sockets"), Total(root, "edgeFillBytes", "report"));
        JsonElement offload = root.GetProperty("totals").GetProperty("offloadHigh");
        double books = offload.GetProperty("viewers").GetDouble();
        Assert.InRange(offload.GetProperty("report").GetDouble(), books - 0.01, books + 0.01);
        Assert.True(root.GetProperty("passed").GetBoolean() && result.Status == 0, result.ToString());
    }

    private static long Total(JsonElement result, string what, string side) =>
        result.GetProperty("totals").GetProperty(what).GetProperty(side).GetInt64();

    private static async Task<CommandResult> RunAsync(IEnumerable<string> arguments, TimeSpan limit)
    {
        Requires.That(File.Exists(Python), $"there is no {Python}");
        await using RunningProgram program = RunningProgram.Start(
            Python,
            arguments,
            Lab,
            new Dictionary<string, string> { ["PYTHONDONTWRITEBYTECODE"] = "1" }
        );
        return new CommandResult(await program.ExitAsync(limit), program.Output, program.Errors);
    }
}
