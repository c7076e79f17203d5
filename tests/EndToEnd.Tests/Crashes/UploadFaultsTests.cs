using Distribution.EndToEnd.Tests.Harness;

namespace Distribution.EndToEnd.Tests.Crashes;

/// <summary>Runs tests/Faults in a short form: kill -9 at random moments of uploads, and a store that goes away.</summary>
public sealed class UploadFaultsTests
{
    private const string Python = "/usr/bin/python3";

    private static readonly string Faults = Path.Combine(Repository.Root, "tests", "Faults");
    private static readonly string Azurite = Path.Combine(Repository.Root, "tests", "Azurite", "node_modules");

    [Theory]
    [InlineData("folder", 8)]
    [InlineData("azure", 5)]
    public async Task Kill_9_at_random_moments_loses_no_acknowledged_byte_and_publishes_no_wrong_piece(
        string store,
        int kills
    )
    {
        CommandResult result = await RunAsync(["kills", "--store", store, "--kills", $"{kills}"]);
        Assert.True(result.Status == 0, result.ToString());
        Assert.Contains($"{kills} kills on the {store} store cut off", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_blob_store_that_goes_away_holds_an_upload_up_and_no_more()
    {
        CommandResult result = await RunAsync(["outage", "--outage", "8", "--mib", "48"]);
        Assert.True(result.Status == 0, result.ToString());
        Assert.Contains("had to resume 0 times", result.Output, StringComparison.Ordinal);
    }

    private static async Task<CommandResult> RunAsync(IEnumerable<string> arguments)
    {
        Requires.That(File.Exists(Python), $"there is no {Python}");
        Requires.That(Directory.Exists(Azurite), "Azurite is not installed: npm ci --ignore-scripts in tests/Azurite");
        await using RunningProgram program = RunningProgram.Start(
            Python,
            [Path.Combine(Faults, "upload_faults.py"), .. arguments, "--program", Repository.Program],
            Faults,
            new Dictionary<string, string> { ["PYTHONDONTWRITEBYTECODE"] = "1" }
        );
        CommandResult result = new(await program.ExitAsync(TimeSpan.FromMinutes(5)), program.Output, program.Errors);
        Console.WriteLine(result.Output);
        return result;
    }
}
