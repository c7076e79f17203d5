using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Distribution.EndToEnd.Tests.Harness;

namespace Distribution.EndToEnd.Tests.Clients;

/// <summary>A real Transmission viewer: its daemon, driven by its RPC.</summary>
internal sealed class TransmissionClient : IViewerClient
{
    private const string SessionHeader = "X-Transmission-Session-Id";

    private readonly TempFolder _folder = new();
    private readonly RunningProgram _program;
    private readonly HttpClient _rpc;

    private TransmissionClient()
    {
        int rpcPort = Ports.Free();
        Folder = _folder.Sub("downloads");
        _program = RunningProgram.Start(
            "transmission-daemon",
            [
                "--foreground",
                "--config-dir",
                _folder.Sub("config"),
                "--download-dir",
                Folder,
                "--port",
                rpcPort.ToString(CultureInfo.InvariantCulture),
                "--peerport",
                Ports.Free().ToString(CultureInfo.InvariantCulture),
                "--no-dht",
                "--no-lpd",
                "--no-utp",
                "--no-portmap",
                "--no-auth",
                "--no-incomplete-dir",
                "--allowed",
                "127.0.0.1",
            ]
        );
        _rpc = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{rpcPort}/transmission/rpc") };
    }

    public string Folder { get; }

    public static async Task<TransmissionClient> StartMagnetAsync(string magnet)
    {
        TransmissionClient client = await StartAsync();
        await client.AddAsync(new { filename = magnet });
        return client;
    }

    public static async Task<TransmissionClient> StartTorrentAsync(string torrentPath)
    {
        TransmissionClient client = await StartAsync();
        await client.AddAsync(new { metainfo = Convert.ToBase64String(await File.ReadAllBytesAsync(torrentPath)) });
        return client;
    }

    /// <summary>Waits until every piece is there and checked.</summary>
    public async Task FinishedAsync(TimeSpan limit)
    {
        JsonElement last = default;
        try
        {
            await Wait.UntilAsync(
                async () =>
                {
                    last = await TorrentAsync();
                    return last.GetProperty("metadataPercentComplete").GetDouble() >= 1
                        && last.GetProperty("leftUntilDone").GetInt64() == 0
                        && last.GetProperty("percentDone").GetDouble() >= 1;
                },
                limit,
                "Transmission has every piece"
            );
        }
        catch (TimeoutException fault)
        {
            throw new TimeoutException($"{fault.Message}\n{last}\n{_program.Transcript()}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        _rpc.Dispose();
        await _program.DisposeAsync();
        _folder.Dispose();
    }

    private static async Task<TransmissionClient> StartAsync()
    {
        Requires.Program("transmission-daemon");
        var client = new TransmissionClient();
        try
        {
            await Wait.UntilAsync(client.AnswersAsync, TimeSpan.FromSeconds(20), $"transmission-daemon takes calls");
            return client;
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    private async Task<bool> AnswersAsync()
    {
        Assert.False(_program.HasExited, _program.Transcript());
        try
        {
            await CallAsync("session-get", new { });
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private async Task AddAsync(object what)
    {
        JsonElement answer = await CallAsync("torrent-add", what);
        Assert.True(answer.GetProperty("result").GetString() == "success", answer.ToString());
    }

    private async Task<JsonElement> TorrentAsync()
    {
        string[] fields =
        [
            "metadataPercentComplete",
            "leftUntilDone",
            "percentDone",
            "errorString",
            "peersConnected",
            "webseedsSendingToUs",
            "haveValid",
        ];
        JsonElement answer = await CallAsync("torrent-get", new { fields });
        return Assert.Single(answer.GetProperty("arguments").GetProperty("torrents").EnumerateArray().ToArray());
    }

    private async Task<JsonElement> CallAsync(string method, object arguments)
    {
        while (true)
        {
            using HttpResponseMessage response = await _rpc.PostAsJsonAsync(
                "",
                new { method, arguments },
                TestContext.Current.CancellationToken
            );
            // The daemon hands out its session id by refusing the first call.
            if (response.StatusCode == HttpStatusCode.Conflict)
            {
                _rpc.DefaultRequestHeaders.Remove(SessionHeader);
                _rpc.DefaultRequestHeaders.Add(SessionHeader, response.Headers.GetValues(SessionHeader).First());
                continue;
            }
            response.EnsureSuccessStatusCode();
            string body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            return JsonDocument.Parse(body).RootElement.Clone();
        }
    }
}
