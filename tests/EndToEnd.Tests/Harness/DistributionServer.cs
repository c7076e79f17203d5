using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Distribution.EndToEnd.Tests.Harness;

/// <summary>
/// <c>distribution serve</c> as a process of its own, on free ports and a temporary data folder. It can be killed and started again on the
/// same ports and data.
/// </summary>
internal sealed class DistributionServer : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly ServerSettings _settings;
    private readonly TempFolder _temp = new();

    private DistributionServer(ServerSettings settings)
    {
        _settings = settings;
        Data = settings.DataFolder ?? _temp.Sub("data");
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false })
        {
            BaseAddress = Url,
            Timeout = TimeSpan.FromSeconds(100),
        };
    }

    public int Port { get; } = Ports.Free();

    public int UdpPort { get; } = Ports.Free();

    public int EdgePort { get; } = Ports.Free();

    public Uri Url => new($"http://127.0.0.1:{Port}");

    public string Data { get; }

    /// <summary>Has no key: give each request what it needs.</summary>
    public HttpClient Http { get; }

    public RunningProgram Program { get; private set; } = null!;

    public string ApiKey => File.ReadAllText(Path.Combine(Data, "keys", "api.key")).Trim();

    public string EdgeKey => File.ReadAllText(Path.Combine(Data, "keys", "edge.key")).Trim();

    /// <summary>A running, ready server.</summary>
    public static async Task<DistributionServer> StartAsync(ServerSettings? settings = null)
    {
        var server = new DistributionServer(settings ?? new ServerSettings());
        try
        {
            await server.StartAgainAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the process, after it was killed or ended.</summary>
    public async Task StartAgainAsync()
    {
        if (Program is not null)
            await Program.DisposeAsync();
        Program = CommandLine.Start(Arguments(), _settings.Environment);
        var time = Stopwatch.StartNew();
        while (!await IsReadyAsync())
        {
            if (Program.HasExited || time.Elapsed > StartLimit)
                throw new InvalidOperationException($"The server did not become ready.\n{Program.Transcript()}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>The arguments of <c>serve</c>, for a second process on the same folder or ports.</summary>
    public string[] Arguments() =>
        [
            "serve",
            "--data",
            Data,
            "--urls",
            Url.GetLeftPart(UriPartial.Authority),
            "--tracker-udp",
            UdpPort.ToString(CultureInfo.InvariantCulture),
            "--edge-port",
            _settings.WithEdge ? EdgePort.ToString(CultureInfo.InvariantCulture) : "0",
            .. _settings.MoreArguments,
        ];

    public async Task<bool> IsReadyAsync()
    {
        try
        {
            using HttpResponseMessage answer = await Http.GetAsync(
                "/health/ready",
                TestContext.Current.CancellationToken
            );
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>Runs a client command against this server, with its key.</summary>
    public Task<CommandResult> RunAsync(string command, params string[] arguments) =>
        CommandLine.RunAsync(
            [command, .. arguments, "--server", Url.GetLeftPart(UriPartial.Authority), "--data", Data],
            ClientEnvironment
        );

    /// <summary>Keeps what the command line remembers inside the test's folder.</summary>
    public IReadOnlyDictionary<string, string> ClientEnvironment =>
        new Dictionary<string, string> { ["XDG_STATE_HOME"] = _temp.Sub("state") };

    /// <summary>Publishes by the command line; the file as the API shows it.</summary>
    public async Task<PublishedVideo> PublishAsync(string path)
    {
        CommandResult result = await RunAsync("publish", path, "--json");
        return PublishedVideo.Read(result.Json());
    }

    /// <summary>The address that the server prints for its operator's first way in; it works once.</summary>
    public async Task<string> SignInLinkAsync()
    {
        string line = await Program
            .LineAsync(static text => text.Contains("/sign-in", StringComparison.Ordinal))
            .WithinAsync(TimeSpan.FromSeconds(20), "a sign-in link is printed");
        return line[line.IndexOf("http", StringComparison.Ordinal)..].Trim();
    }

    public HttpRequestMessage Request(HttpMethod method, string path)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", ApiKey);
        return request;
    }

    /// <summary>An API answer as JSON, asked with the publisher's key.</summary>
    public async Task<JsonElement> GetJsonAsync(string path)
    {
        using HttpRequestMessage request = Request(HttpMethod.Get, path);
        using HttpResponseMessage response = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        string body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, $"{path} answered {response.StatusCode}: {body}");
        return JsonDocument.Parse(body).RootElement;
    }

    /// <summary>Fetches the .torrent file, as a viewer does, without a key.</summary>
    public async Task<string> TorrentAsync(PublishedVideo video)
    {
        string path = _temp.File($"{video.Id}.torrent");
        await File.WriteAllBytesAsync(
            path,
            await Http.GetByteArrayAsync(video.TorrentUrl, TestContext.Current.CancellationToken)
        );
        return path;
    }

    public Task<JsonElement> ReportAsync(string fileId) => GetJsonAsync($"/api/v1/files/{fileId}/report");

    public async ValueTask DisposeAsync()
    {
        if (Program is not null)
        {
            TestContext.Current.TestOutputHelper?.WriteLine(Program.Transcript());
            await Program.DisposeAsync();
        }
        Http.Dispose();
        _temp.Dispose();
    }
}
