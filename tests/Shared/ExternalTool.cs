using System.ComponentModel;
using System.Diagnostics;

namespace Distribution.Tests.Shared;

/// <summary>Runs other people's programs, which are the judges of what we make.</summary>
internal static class ExternalTool
{
    /// <summary>Runs it to its end; skips the test where it is not installed, which fails in CI (CI=true).</summary>
    public static Task<ToolResult> RunAsync(string program, params string[] arguments) =>
        RunAsync(new ProcessStartInfo(program, arguments));

    public static async Task<ToolResult> RunAsync(ProcessStartInfo start)
    {
        CancellationToken cancelled = TestContext.Current.CancellationToken;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.Environment["LC_ALL"] = "C.UTF-8";
        using Process? process = StartIfInstalled(start);
        if (process is null)
        {
            string missing = $"{start.FileName} is not installed.";
            if (Environment.GetEnvironmentVariable("CI") == "true")
                Assert.Fail(missing);
            Assert.Skip(missing);
            throw new UnreachableException();
        }
        Task<string> error = process.StandardError.ReadToEndAsync(cancelled);
        string output = await process.StandardOutput.ReadToEndAsync(cancelled);
        await process.WaitForExitAsync(cancelled);
        return new ToolResult(process.ExitCode, output, await error);
    }

    private static Process? StartIfInstalled(ProcessStartInfo start)
    {
        const int noSuchFile = 2;
        try
        {
            return Process.Start(start);
        }
        catch (Win32Exception missing) when (missing.NativeErrorCode == noSuchFile)
        {
            return null;
        }
    }
}

/// <summary>What a program said and how it ended.</summary>
internal sealed record ToolResult(int ExitCode, string Output, string Error)
{
    public string All => Output + Error;

    /// <summary>The output, where it ended well.</summary>
    public string Succeeded()
    {
        Assert.True(ExitCode == 0, $"Ended with {ExitCode}: {All}");
        return Output;
    }
}
