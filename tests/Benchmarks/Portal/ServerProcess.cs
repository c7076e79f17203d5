using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace Distribution.Portal;

/// <summary>A <c>distribution serve</c> of its own, without an edge, on a port that the system picks.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly Process _process;

    private ServerProcess(Process process, string baseUrl, string signInUrl, string dataFolder)
    {
        _process = process;
        BaseUrl = baseUrl;
        SignInUrl = signInUrl;
        Http = new HttpClient { BaseAddress = new Uri(baseUrl), Timeout = Timeout.InfiniteTimeSpan };
        string key = File.ReadAllText(Path.Combine(dataFolder, "keys", "api.key")).Trim();
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    public string BaseUrl { get; }

    public string SignInUrl { get; }

    /// <summary>With the operator's key.</summary>
    public HttpClient Http { get; }

    /// <summary>User and system time of the process.</summary>
    public TimeSpan Cpu
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public static async Task<ServerProcess> StartAsync(string program, string dataFolder)
    {
        string baseUrl = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort()}");
        var start = new ProcessStartInfo(
            program,
            ["serve", "--data", dataFolder, "--urls", baseUrl, "--edge-port", "0", "--tracker-udp", "0"]
        )
        {
            RedirectStandardOutput = true,
        };
        Process process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            int link = line.IndexOf(baseUrl + "/sign-in", StringComparison.Ordinal);
            if (link >= 0)
            {
                _ = process.StandardOutput.ReadToEndAsync();
                return new ServerProcess(process, baseUrl, line[link..].Trim(), dataFolder);
            }
        }
        throw new InvalidOperationException("The server did not start.");
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        using (Process stop = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]))
            await stop.WaitForExitAsync();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
