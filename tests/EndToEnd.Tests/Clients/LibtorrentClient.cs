using System.Text.Json;
using Distribution.EndToEnd.Tests.Harness;

namespace Distribution.EndToEnd.Tests.Clients;

/// <summary>A real libtorrent viewer, driven by <c>libtorrent_client.py</c>.</summary>
internal sealed class LibtorrentClient : IViewerClient
{
    private const string Python = "/usr/bin/python3";
    private static readonly Lazy<Task<bool>> Available = new(ImportsAsync);

    private readonly TempFolder _folder = new();
    private readonly RunningProgram _program;

    private LibtorrentClient(string source, string value, IEnumerable<string> more) =>
        _program = RunningProgram.Start(
            Python,
            [Repository.ClientScript("libtorrent_client.py"), source, value, "--save", _folder.Path, .. more]
        );

    public string Folder => _folder.Path;

    public string Transcript => _program.Transcript();

    public static async Task<LibtorrentClient> StartMagnetAsync(string magnet, params string[] more)
    {
        await RequireAsync();
        return new LibtorrentClient("--magnet", magnet, more);
    }

    public static async Task<LibtorrentClient> StartTorrentAsync(string torrentPath, params string[] more)
    {
        await RequireAsync();
        return new LibtorrentClient("--torrent", torrentPath, more);
    }

    public static async Task RequireAsync() =>
        Requires.That(await Available.Value, $"python3-libtorrent (for {Python}) is not installed");

    /// <summary>What libtorrent makes of a .torrent file and the content it should describe.</summary>
    public static async Task<JsonElement> CheckTorrentAsync(string torrentPath, string contentPath)
    {
        await RequireAsync();
        await using RunningProgram check = RunningProgram.Start(
            Python,
            [Repository.ClientScript("check_torrent.py"), torrentPath, contentPath]
        );
        int status = await check.ExitAsync(TimeSpan.FromSeconds(60));
        Assert.True(status == 0, check.Transcript());
        return JsonDocument.Parse(check.Output).RootElement;
    }

    /// <summary>The first event that fits, already told or to come.</summary>
    public async Task<JsonElement> EventAsync(Func<JsonElement, bool> fits, TimeSpan limit, string what)
    {
        try
        {
            string line = await _program
                .LineAsync(text => text.StartsWith('{') && fits(JsonDocument.Parse(text).RootElement))
                .WithinAsync(limit, what);
            return JsonDocument.Parse(line).RootElement;
        }
        catch (TimeoutException fault)
        {
            throw new TimeoutException($"{fault.Message}\n{Tail(_program.Transcript())}");
        }
    }

    public Task FinishedAsync(TimeSpan limit) => EventAsync(Is("finished"), limit, "libtorrent has every piece");

    public Task<JsonElement> HasBytesAsync(long bytes, TimeSpan limit) =>
        EventAsync(
            line => Is("progress")(line) && line.GetProperty("haveBytes").GetInt64() >= bytes,
            limit,
            $"libtorrent has {bytes} bytes"
        );

    /// <summary>Ends it as a user would; its final counts.</summary>
    public async Task<JsonElement> StopAsync()
    {
        await _program.Input.WriteLineAsync();
        await _program.Input.FlushAsync();
        return await EventAsync(Is("stopped"), TimeSpan.FromSeconds(15), "libtorrent says goodbye");
    }

    public async ValueTask DisposeAsync()
    {
        await _program.DisposeAsync();
        _folder.Dispose();
    }

    private static Func<JsonElement, bool> Is(string name) => line => line.GetProperty("event").GetString() == name;

    private static string Tail(string text) => text.Length <= 6000 ? text : text[^6000..];

    private static async Task<bool> ImportsAsync()
    {
        if (!File.Exists(Python))
            return false;
        await using RunningProgram python = RunningProgram.Start(Python, ["-c", "import libtorrent"]);
        return await python.ExitAsync(TimeSpan.FromSeconds(30)) == 0;
    }
}
