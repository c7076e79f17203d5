using System.Net;
using System.Text.Json;
using Distribution.BitTorrent;
using Distribution.Contracts.Files;
using Distribution.Contracts.Swarms;
using Distribution.Dashboard.Tests.Hosting;

namespace Distribution.Dashboard.Tests.Live;

public sealed class LiveApiTests(PortalHost host) : IDisposable
{
    private static readonly SwarmSnapshot Small = new(3, 4, 1, 99, 5.5, 100, 200, 300);

    private readonly HttpClient _client = host.Client(host.ApiKey);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task The_first_event_says_how_it_is_and_the_next_how_it_became()
    {
        (PublishedFile file, InfoHash infoHash) = Add();
        host.Store.Watched.Shown[infoHash.ToString()] = WatchedSwarms.Live(Small, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 3);
        await using EventStream stream = await EventStream.OpenAsync(_client, file.Id);

        JsonElement first = await stream.UntilAsync(static _ => true);
        await host.Store.Watched.ShowAsync(infoHash, WatchedSwarms.Live(Small with { Seeders = 4321 }));
        JsonElement second = await stream.UntilAsync(static state => state.GetProperty("seeders").GetInt32() == 4321);

        Assert.Equal(
            """{"seeders":3,"leechers":4,"edges":1,"browsers":2,"completed":99,"availability":5.5,"webSeedBytesPerSecond":100,"edgeBytesPerSecond":200,"peerBytesPerSecond":300,"leechersByTenth":[1,0,0,0,0,0,0,0,0,3],"nearShare":0.25,"updatedAt":"2026-03-01T12:00:00Z"}""",
            first.GetRawText()
        );
        Assert.Equal(10, second.GetProperty("leechersByTenth").GetArrayLength());
        Assert.Equal("text/event-stream", stream.Response.Content.Headers.ContentType!.MediaType);
        Assert.True(stream.Response.Headers.CacheControl!.NoStore);
        Assert.Equal(["no"], stream.Response.Headers.GetValues("X-Accel-Buffering"));
    }

    [Fact]
    public async Task However_many_watch_the_swarm_hears_of_one()
    {
        (PublishedFile file, InfoHash infoHash) = Add();
        var streams = new List<EventStream>();
        for (int i = 0; i < PortalHost.MaxLiveViewersPerFile; i++)
            streams.Add(await EventStream.OpenAsync(_client, file.Id, lastEventId: i == 0 ? null : "nonsense\"9"));
        foreach (EventStream stream in streams)
            await stream.UntilAsync(static _ => true);

        await host.Store.Watched.ShowAsync(infoHash, WatchedSwarms.Live(Small with { Leechers = 5 }));
        foreach (EventStream stream in streams)
            await stream.UntilAsync(static state => state.GetProperty("leechers").GetInt32() == 5);

        var watchers = new HashSet<ISwarmWatcher>();
        // The first, and a renewal some seconds later.
        for (int call = 0; call < 2; call++)
            watchers.Add(await host.Store.Watched.CallsOf(infoHash).ReadAsync(Stop));
        Assert.Single(watchers);

        using HttpResponseMessage refused = await _client.GetAsync($"/api/v1/files/{file.Id}/live", Stop);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal(30, refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds);
        await Problem.AssertAsync(refused, "too-many-watch");
        // A place that is given back is free again; the server notices when it writes.
        await streams[0].DisposeAsync();
        await using EventStream again = await JoinAsync(file.Id);
        foreach (EventStream stream in streams)
            await stream.DisposeAsync();
    }

    [Fact]
    public async Task A_swarm_that_does_not_answer_leaves_heartbeats_and_comes_back_by_itself()
    {
        (PublishedFile file, InfoHash infoHash) = Add();
        host.Store.Watched.Away[infoHash.ToString()] = true;
        await using EventStream stream = await EventStream.OpenAsync(_client, file.Id);
        await stream.HeartbeatAsync();
        await stream.HeartbeatAsync();

        host.Store.Watched.Away.TryRemove(infoHash.ToString(), out _);

        Assert.Equal(3, (await stream.UntilAsync(static _ => true)).GetProperty("seeders").GetInt32());
    }

    [Fact]
    public async Task A_swarm_that_is_closed_ends_the_stream()
    {
        (PublishedFile file, InfoHash infoHash) = Add();
        await using EventStream stream = await EventStream.OpenAsync(_client, file.Id);
        await stream.UntilAsync(static _ => true);

        host.Store.Swarms.TryRemove(infoHash.ToString(), out _);

        string? last = null;
        while (await stream.NextAsync() is { } next)
            last = next.Name;
        Assert.Equal("closed", last);
    }

    [Fact]
    public async Task Beyond_what_the_server_carries_it_is_busy_and_it_stops_without_waiting_for_streams()
    {
        await using var own = new PortalHost { MaxLiveViewers = 2 };
        await own.InitializeAsync();
        using HttpClient client = own.Client(own.ApiKey);
        PublishedFile[] files = [own.Store.Add(), own.Store.Add(), own.Store.Add()];
        foreach (PublishedFile file in files)
            own.Store.Swarms[file.Content!.InfoHash.ToString()] = Small;
        await using EventStream first = await EventStream.OpenAsync(client, files[0].Id);
        await using EventStream second = await EventStream.OpenAsync(client, files[1].Id);

        using HttpResponseMessage refused = await client.GetAsync($"/api/v1/files/{files[2].Id}/live", Stop);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal(30, refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds);
        await Problem.AssertAsync(refused, "busy");
        await first.UntilAsync(static _ => true);
        Task stopped = own.StopAsync();
        // They end in order, where a request in flight that is cut off would break.
        while (await first.NextAsync() is not null) { }
        await stopped;
    }

    [Fact]
    public async Task Who_may_not_see_the_file_may_not_watch_it()
    {
        using HttpClient nobody = host.Client();
        using HttpResponseMessage anonymous = await nobody.GetAsync($"/api/v1/files/{Add().File.Id}/live", Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, anonymous.StatusCode);
        PublishedFile foreign = host.Store.Add(publisherId: "somebody-else");
        using HttpResponseMessage others = await _client.GetAsync($"/api/v1/files/{foreign.Id}/live", Stop);
        await Problem.AssertAsync(others, "unknown-file");
        PublishedFile waiting = host.Store.Add(FileState.Processing);
        using HttpResponseMessage early = await _client.GetAsync($"/api/v1/files/{waiting.Id}/live", Stop);
        await Problem.AssertAsync(early, "no-swarm");
    }

    private (PublishedFile File, InfoHash InfoHash) Add()
    {
        PublishedFile file = host.Store.Add();
        host.Store.Swarms[file.Content!.InfoHash.ToString()] = Small;
        return (file, file.Content.InfoHash);
    }

    private async Task<EventStream> JoinAsync(string fileId)
    {
        while (true)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/files/{fileId}/live");
            HttpResponseMessage response = await _client.SendAsync(
                request,
                HttpCompletionOption.ResponseHeadersRead,
                Stop
            );
            if (response.StatusCode == HttpStatusCode.OK)
                return await EventStream.OfAsync(response);
            response.Dispose();
            await Task.Delay(TimeSpan.FromMilliseconds(100), Stop);
        }
    }
}
