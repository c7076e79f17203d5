namespace Distribution.EndToEnd.Tests.Harness;

/// <summary>Runs the real program to its end.</summary>
internal static class CommandLine
{
    public static Task<CommandResult> RunAsync(params string[] arguments) => RunAsync(arguments, null);

    public static async Task<CommandResult> RunAsync(
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment,
        TimeSpan? limit = null
    )
    {
        await using RunningProgram program = Start(arguments, environment);
        int status = await program.ExitAsync(limit ?? TimeSpan.FromSeconds(120));
        return new CommandResult(status, program.Output, program.Errors);
    }

    public static RunningProgram Start(
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null
    )
    {
        Assert.True(File.Exists(Repository.Program), $"{Repository.Program} is not built.");
        return RunningProgram.Start(Repository.Program, arguments, environment: environment);
    }
}
