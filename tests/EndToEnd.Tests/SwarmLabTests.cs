using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;

namespace Distribution.EndToEnd.Tests;

/// <summary>Runs tests/SwarmLab: stock viewers in network namespaces, and three accounts of the same bytes side by side.</summary>
public sealed class SwarmLabTests
{
    private const string Python = "/usr/bin/python3";
    private const int Skipped = 77;

    private static readonly string Lab = FindLab();

    [Fact(Timeout = 120_000)]
    public async Task Payload_is_told_from_headers_in_any_slices()
    {
        (int status, string output) = await RunAsync(["-m", "unittest"], TestContext.Current.CancellationToken);
        Show(output);
        Assert.Equal(0, status);
        Assert.Contains("OK", output, StringComparison.Ordinal);
    }

    [Fact(Timeout = 600_000)]
    public async Task A_report_equals_what_sockets_sent_and_agrees_with_the_viewers_books()
    {
        CancellationToken cancelled = TestContext.Current.CancellationToken;
        string result = Path.Combine(Path.GetTempPath(), $"swarm-lab-{Guid.NewGuid():N}.json");
        try
        {
            string program = Path.Combine(AppContext.BaseDirectory, "distribution.dll");
            (int status, string output) = await RunAsync(
                [Path.Combine(Lab, "swarm_lab.py"), "--program", program, "--output", result],
                cancelled
            );
            Show(output);
            Assert.SkipWhen(status == Skipped, output);
            Assert.True(File.Exists(result), output);

            using JsonDocument document = JsonDocument.Parse(await File.ReadAllTextAsync(result, cancelled));
            JsonElement totals = document.RootElement.GetProperty("totals");
            Assert.Empty(document.RootElement.GetProperty("faults").EnumerateArray());
            Assert.Equal(8, document.RootElement.GetProperty("viewers").GetArrayLength());
            foreach (string source in (string[])["webSeedBytes", "edgeBytes"])
            {
                JsonElement sides = totals.GetProperty(source);
                long reported = sides.GetProperty("report").GetInt64();
                long received = sides.GetProperty("viewers").GetInt64();
                Assert.NotEqual(0, received);
                Assert.Equal(sides.GetProperty("sockets").GetInt64(), reported);
                Assert.InRange(reported, received, received * 1.03);
            }
            JsonElement offload = totals.GetProperty("offloadHigh");
            double inBooks = offload.GetProperty("viewers").GetDouble();
            Assert.InRange(offload.GetProperty("report").GetDouble(), inBooks - 0.01, inBooks + 0.01);
            Assert.True(document.RootElement.GetProperty("passed").GetBoolean(), output);
            Assert.Equal(0, status);
        }
        finally
        {
            File.Delete(result);
        }
    }

    private static void Show(string output) => TestContext.Current.TestOutputHelper?.WriteLine(output);

    /// <summary>Its exit status, and what it wrote: standard output, then standard error.</summary>
    private static async Task<(int Status, string Output)> RunAsync(
        IReadOnlyList<string> arguments,
        CancellationToken cancelled
    )
    {
        var start = new ProcessStartInfo(Python, arguments)
        {
            WorkingDirectory = Lab,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        using Process process = Start(start);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(cancelled);
            Task<string> errors = process.StandardError.ReadToEndAsync(cancelled);
            string written = await output + await errors;
            await process.WaitForExitAsync(cancelled);
            return (process.ExitCode, written);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            Assert.Skip($"It needs {Python}.");
            throw;
        }
    }

    private static string FindLab()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Distribution.sln")))
            folder = folder.Parent;
        return Path.Combine(
            folder?.FullName ?? throw new InvalidOperationException("Not inside the repository."),
            "tests",
            "SwarmLab"
        );
    }
}
