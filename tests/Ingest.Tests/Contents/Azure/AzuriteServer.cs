using System.Diagnostics;
using System.Text.RegularExpressions;
using Distribution.Ingest.Tests.Hosting;
using Distribution.Tests.Shared;

namespace Distribution.Ingest.Tests.Contents.Azure;

/// <summary>
/// Azure Storage's emulator on a free port and a folder of its own. Where it is not installed the test is skipped, which fails in CI
/// (CI=true).
/// </summary>
public sealed class AzuriteServer : IAsyncLifetime
{
    private const string Account = "devstoreaccount1";

    // The emulator's account and key are the same everywhere, and public.
    private const string Key =
        "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private static readonly string Program = Repository.PathOf(
        "tests/Azurite/node_modules/azurite/dist/src/blob/main.js"
    );

    private readonly TestFolder _folder = new();
    private Process? _process;
    private int _port;

    public string ConnectionString =>
        $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};BlobEndpoint={Url}";

    public string Url => $"http://127.0.0.1:{_port}/{Account}";

    public async ValueTask InitializeAsync() => await StartAsync();

    /// <summary>Starts it, a second time on the same port and folder.</summary>
    public async Task StartAsync()
    {
        if (!File.Exists(Program))
        {
            string missing = "Azurite is not installed: npm ci --ignore-scripts in tests/Azurite.";
            if (Environment.GetEnvironmentVariable("CI") == "true")
                Assert.Fail(missing);
            Assert.Skip(missing);
        }
        string[] arguments =
        [
            Program,
            "--blobHost",
            "127.0.0.1",
            "--blobPort",
            $"{_port}",
            "--location",
            _folder.Path,
            "--silent",
            "--skipApiVersionCheck",
            "--disableTelemetry",
        ];
        _process = Process.Start(new ProcessStartInfo("node", arguments) { RedirectStandardOutput = true })!;
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (Regex.Match(line, @"listens on http://127\.0\.0\.1:(\d+)") is not { Success: true } match)
                continue;
            _port = int.Parse(match.Groups[1].Value, null);
            // Nobody else reads it, and a full pipe would stop the program.
            _ = _process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
            return;
        }
        Assert.Fail("Azurite ended before it listened.");
    }

    /// <summary>Ends it in order, so that it keeps what it has.</summary>
    public async Task StopAsync()
    {
        using Process kill = Process.Start("kill", ["-TERM", $"{_process!.Id}"]);
        await kill.WaitForExitAsync();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { } running)
        {
            running.Kill();
            await running.WaitForExitAsync();
            running.Dispose();
        }
        _folder.Dispose();
    }
}
