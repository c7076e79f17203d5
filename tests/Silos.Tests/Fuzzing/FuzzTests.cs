using System.Diagnostics;

namespace Distribution.Silos.Tests.Fuzzing;

/// <summary>A short form of the fuzz run, in a process of its own, so that its memory is its own.</summary>
public sealed class FuzzTests
{
    private const int Inputs = 200_000;
    private const int PeerInputs = 50_000;

    /// <summary>It takes seconds; a machine that is busy with other things may take long.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    [Fact]
    public async Task Two_hundred_thousand_hostile_inputs_break_nothing()
    {
        (int status, string said) = await RunAsync("--inputs", $"{Inputs}", "--seed", "1");

        TestContext.Current.TestOutputHelper?.WriteLine(said);
        Assert.True(status == 0, said);
        Assert.Contains(" 0 findings,", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hostile_peers_break_nothing_of_the_edge_seeder()
    {
        (int status, string said) = await RunAsync("--of", "peers", "--inputs", $"{PeerInputs}", "--seed", "1");

        TestContext.Current.TestOutputHelper?.WriteLine(said);
        Assert.True(status == 0, said);
        Assert.Contains(" 0 findings,", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_command_line_is_told()
    {
        (int status, string said) = await RunAsync("--inputs", "many");

        Assert.Equal(2, status);
        Assert.StartsWith("usage: ", said, StringComparison.Ordinal);
    }

    private static async Task<(int Status, string Said)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Distribution.Fuzz"), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process fuzz = Process.Start(start)!;
        Task<string> output = fuzz.StandardOutput.ReadToEndAsync();
        Task<string> errors = fuzz.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            await fuzz.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            fuzz.Kill();
            throw;
        }
        return (fuzz.ExitCode, await output + await errors);
    }
}
