using System.ComponentModel;
using System.Diagnostics;

namespace Distribution.BitTorrent.Tests;

/// <summary>Runs another project's program as a judge of ours; the test is skipped where it is not installed.</summary>
internal static class RealTool
{
    /// <summary>What the program writes, on stderr where stdout is empty. It must end with <paramref name="exitCode"/>.</summary>
    public static async Task<string> RunAsync(
        string program,
        string[] arguments,
        string? input = null,
        int exitCode = 0
    )
    {
        CancellationToken cancel = TestContext.Current.CancellationToken;
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["LC_ALL"] = "C.UTF-8" },
        };
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception missing)
        {
            Assert.Skip($"{program} is not installed: {missing.Message}");
            throw;
        }
        using (process)
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(cancel);
            Task<string> error = process.StandardError.ReadToEndAsync(cancel);
            await process.StandardInput.WriteAsync((input ?? "").AsMemory(), cancel);
            process.StandardInput.Close();
            await process.WaitForExitAsync(cancel);
            string said = await error;
            if (said.Contains("No module named 'libtorrent'", StringComparison.Ordinal))
                Assert.Skip("libtorrent's Python binding is not installed.");
            Assert.True(process.ExitCode == exitCode, $"{program} said {process.ExitCode}: {said}");
            return await output is { Length: > 0 } written ? written : said;
        }
    }
}
