using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Distribution.Contracts.Edges;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Distribution.EdgeSeeder.Tests.Kit;

/// <summary>A real Kestrel in the server's place: .torrent files, web seed ranges, heartbeats, and a tracker that names one peer.</summary>
public sealed class TestOrigin : IAsyncDisposable
{
    public const string EdgeKey = "edge-key-of-the-test";

    private readonly ConcurrentDictionary<string, TestContent> _contents = new();
    private readonly ConcurrentDictionary<string, int> _rangeReads = new();
    private readonly WebApplication _app;

    private TestOrigin(WebApplication app) => _app = app;

    public Uri Url { get; private set; } = null!;

    /// <summary>"id bytes=from-to", of a folder "id/path bytes=from-to" → how often it was asked for.</summary>
    public IReadOnlyDictionary<string, int> RangeReads => _rangeReads;

    public int TotalRangeReads => _rangeReads.Values.Sum();

    /// <summary>Spoils what the web seed answers; given how many times the range was asked for before.</summary>
    public Func<int, byte[], byte[]> Spoil { get; set; } = (_, bytes) => bytes;

    /// <summary>Waited for before each web seed answer.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>Waited for before the bytes of a file from such an offset on, a multiple of 16 KiB, are sent.</summary>
    public Func<long, Task> GateAt { get; set; } = _ => Task.CompletedTask;

    /// <summary>Changes what is answered about the states of blocks.</summary>
    public Func<byte[], byte[]> SpoilStates { get; set; } = states => states;

    /// <summary>How often states of blocks were asked for.</summary>
    public int StateReads => _stateReads;

    /// <summary>Waited for before each answer to a heartbeat.</summary>
    public Task HeartbeatGate { get; set; } = Task.CompletedTask;

    /// <summary>Answers heartbeats; null: 503.</summary>
    public Func<EdgeHeartbeat, EdgeOrders?> OnHeartbeat { get; set; } = _ => null;

    public bool RefusesHeartbeats { get; set; }

    public Func<string, bool> HasTorrent { get; set; } = _ => true;

    /// <summary>The peer that the tracker names.</summary>
    public IPEndPoint? TrackedPeer { get; set; }

    public int Announces => _announces;

    private int _announces;
    private int _stateReads;

    public static async Task<TestOrigin> StartAsync(int port = 0)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        WebApplication app = builder.Build();
        var origin = new TestOrigin(app);
        app.MapGet("/torrents/{name}", origin.Torrent);
        app.MapGet("/states/{id}", origin.States);
        app.MapGet("/webseed/{id}/{**path}", origin.WebSeedAsync);
        app.MapPost("/api/v1/edge/{node}/heartbeat", origin.HeartbeatAsync);
        app.MapGet("/announce", origin.Announce);
        await app.StartAsync();
        origin.Url = new Uri(
            app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()
        );
        return origin;
    }

    public void Publish(TestContent content) => _contents[content.Id] = content;

    /// <summary>As BEP 19 has it: a file's own address, a folder's base.</summary>
    public Uri WebSeedUrl(TestContent content) =>
        new(Url, $"/webseed/{content.Id}/{(content.Torrent.IsSingleFile ? TestContent.Name : "")}");

    public Uri StatesUrl(TestContent content) => new(Url, $"/states/{content.Id}");

    public EdgeAssignment Assign(TestContent content, params string[] dial) =>
        new(
            content.InfoHash.ToString(),
            content.Id,
            new Uri(Url, $"/torrents/{content.Id}.torrent").ToString(),
            WebSeedUrl(content).ToString(),
            dial
        );

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private IResult Torrent(string name, HttpContext http)
    {
        string id = Path.GetFileNameWithoutExtension(name);
        return HasTorrent(id) && _contents.TryGetValue(id, out TestContent? content)
            ? Results.Bytes(content.TorrentFile(), "application/x-bittorrent")
            : Results.NotFound();
    }

    private async Task<IResult> WebSeedAsync(string id, string path, HttpContext http)
    {
        if (http.Request.Headers.Authorization != $"Bearer {EdgeKey}")
            return Results.Unauthorized();
        if (!_contents.TryGetValue(id, out TestContent? content) || !content.Files.TryGetValue(path, out byte[]? file))
            return Results.NotFound();
        string range = http.Request.Headers.Range.ToString();
        string what = content.Torrent.IsSingleFile ? id : $"{id}/{path}";
        int before = _rangeReads.AddOrUpdate($"{what} {range}", 1, (_, count) => count + 1) - 1;
        await Gate;
        int[] ends = [.. range["bytes=".Length..].Split('-').Select(int.Parse)];
        byte[] bytes = Spoil(before, file[ends[0]..(ends[1] + 1)]);
        http.Response.StatusCode = StatusCodes.Status206PartialContent;
        http.Response.Headers.ContentRange = $"bytes {ends[0]}-{ends[1]}/{file.Length}";
        http.Response.ContentLength = bytes.Length;
        const int step = 16 * 1024;
        for (int at = 0; at < bytes.Length; )
        {
            int part = Math.Min(bytes.Length - at, step - (ends[0] + at) % step);
            Task gate = GateAt(ends[0] + at);
            if (!gate.IsCompleted)
                await http.Response.Body.FlushAsync();
            await gate;
            await http.Response.Body.WriteAsync(bytes.AsMemory(at, part));
            at += part;
        }
        return Results.Empty;
    }

    private IResult States(string id, HttpContext http)
    {
        Interlocked.Increment(ref _stateReads);
        if (http.Request.Headers.Authorization != $"Bearer {EdgeKey}")
            return Results.Unauthorized();
        return _contents.TryGetValue(id, out TestContent? content)
            ? Results.Bytes(SpoilStates(content.BlockStates()), enableRangeProcessing: true)
            : Results.NotFound();
    }

    private async Task<IResult> HeartbeatAsync(string node, EdgeHeartbeat heartbeat, HttpContext http)
    {
        await HeartbeatGate;
        if (RefusesHeartbeats || http.Request.Headers.Authorization != $"Bearer {EdgeKey}")
            return Results.Unauthorized();
        return OnHeartbeat(heartbeat) is { } orders ? Results.Json(orders) : Results.StatusCode(503);
    }

    // BEP 3 and BEP 23: one peer, compact.
    private IResult Announce()
    {
        Interlocked.Increment(ref _announces);
        byte[] peers = [];
        if (TrackedPeer is { } peer)
        {
            peers = new byte[6];
            peer.Address.TryWriteBytes(peers, out _);
            BinaryPrimitives.WriteUInt16BigEndian(peers.AsSpan(4), (ushort)peer.Port);
        }
        byte[] head = Encoding.ASCII.GetBytes($"d8:intervali2e12:min intervali1e5:peers{peers.Length}:");
        return Results.Bytes([.. head, .. peers, (byte)'e'], "text/plain");
    }
}
