using System.Net.Http.Headers;
using Distribution.Contracts.Files;
using Distribution.Contracts.Ledgers;
using Distribution.Ingest.Tests.Hosting;

namespace Distribution.Ingest.Tests.Sends;

/// <summary>Every byte of a body that a socket accepted is in the ledger, and no other.</summary>
public sealed class CountingTests(TestSilo silo, ITestOutputHelper output) : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private IngestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await IngestServer.StartAsync(silo.Grains, _folder.Path);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Whole_bodies_and_ranges_count_to_the_byte_on_one_kept_connection()
    {
        byte[] content = Tus.RandomBytes(3_000_000);
        PublishedFile file = await Tus.PublishAsync(_server.Client, content);
        using RawHttp raw = await RawHttp.ConnectAsync(_server.Address);
        long expected = 0;
        foreach (string range in new[] { "0-", "0-0", "100-262243", "2999999-", "1000000-1999999", "-17" })
        {
            await raw.GetAsync($"/webseed/{file.Id}/film.mp4", $"Range: bytes={range}");
            long length = RawHttp.ContentLength(await raw.ReadHeadAsync());
            Assert.Equal(length, (await raw.ReadAsync(length)).Length);
            expected += length;
            // Responses without content in between, and answers of others on the same connection, are not content.
            await raw.SendAsync($"HEAD /webseed/{file.Id}/film.mp4 HTTP/1.1\r\nHost: test\r\n\r\n");
            await raw.ReadHeadAsync();
            await raw.GetAsync("/webseed/none/none");
            await raw.ReadAsync(RawHttp.ContentLength(await raw.ReadHeadAsync()));
        }
        await RecordedLedger.WhenTotalAsync(file.Content!.InfoHash.ToString(), SendKind.WebSeed, expected);
        Assert.StartsWith(
            "webseed/",
            RecordedLedger.Sources(file.Content.InfoHash.ToString()).Single(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Requests_sent_ahead_count_apart_from_each_other()
    {
        byte[] content = Tus.RandomBytes(600_000);
        PublishedFile file = await Tus.PublishAsync(_server.Client, content);
        using RawHttp raw = await RawHttp.ConnectAsync(_server.Address);
        string one = $"GET /webseed/{file.Id}/film.mp4 HTTP/1.1\r\nHost: a\r\n\r\n";
        await raw.SendAsync(one + one.Replace("/webseed/", "/download/", StringComparison.Ordinal) + one);
        for (int i = 0; i < 3; i++)
            Assert.Equal(content, await raw.ReadAsync(RawHttp.ContentLength(await raw.ReadHeadAsync())));
        string hash = file.Content!.InfoHash.ToString();
        await RecordedLedger.WhenTotalAsync(hash, SendKind.Direct, 600_000);
        await RecordedLedger.WhenTotalAsync(hash, SendKind.WebSeed, 1_200_000);
    }

    [Fact]
    public async Task Edge_with_its_key_counts_as_fill()
    {
        byte[] content = Tus.RandomBytes(100_000);
        PublishedFile file = await Tus.PublishAsync(_server.Client, content);
        using var edge = new HttpClient { BaseAddress = _server.Address };
        edge.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", TestKeys.Edge);
        Assert.Equal(content, await edge.GetByteArrayAsync($"/webseed/{file.Id}/film.mp4"));
        edge.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "guessed");
        Assert.Equal(content, await edge.GetByteArrayAsync($"/webseed/{file.Id}/film.mp4"));
        string hash = file.Content!.InfoHash.ToString();
        await RecordedLedger.WhenTotalAsync(hash, SendKind.EdgeFill, 100_000);
        await RecordedLedger.WhenTotalAsync(hash, SendKind.WebSeed, 100_000);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5_000_000)]
    public async Task Viewer_that_stalls_and_resets_is_counted_as_the_kernel_counts(int readBefore)
    {
        if (!File.Exists("/proc/net/tcp"))
            Assert.Skip("The kernel's own figures are in /proc/net/tcp, on Linux.");
        byte[] content = Tus.RandomBytes(40_000_000);
        PublishedFile file = await Tus.PublishAsync(_server.Client, content);
        string hash = file.Content!.InfoHash.ToString();
        using RawHttp raw = await RawHttp.ConnectAsync(_server.Address, receiveBufferBytes: 64 << 10);
        (int client, int server) = KernelQueues.Ports(raw.Socket);
        await raw.GetAsync($"/webseed/{file.Id}/film.mp4");
        await raw.ReadHeadAsync();
        await raw.ReadAsync(readBefore);

        // What the program has read from its socket, what lies unread on its side, what the server's side has accepted and not got through.
        long accepted = 0;
        await Stillness.WaitAsync(() =>
            accepted =
                raw.ReadFromSocket
                - raw.HeadLength
                + KernelQueues.Unread(client, server)
                + KernelQueues.Unacknowledged(server, client)
        );
        Assert.InRange(accepted, readBefore, content.Length - 1_000_000);
        // An operation that the socket has begun reports when it ends, so the journal may lag behind it, never run ahead.
        long counted = _server.BytesCounted(hash);
        Assert.InRange(counted, accepted - (128 << 10), accepted);
        raw.Reset();
        await RecordedLedger.WhenTotalAsync(hash, SendKind.WebSeed, accepted);
        output.WriteLine(
            $"accepted {accepted} by the kernel, counted {counted} before the reset and {_server.BytesCounted(hash)} after"
        );
    }

    [Fact]
    public async Task Client_that_ends_its_half_still_gets_and_counts_the_whole_file()
    {
        byte[] content = Tus.RandomBytes(20_000_000);
        PublishedFile file = await Tus.PublishAsync(_server.Client, content);
        using RawHttp raw = await RawHttp.ConnectAsync(_server.Address, receiveBufferBytes: 64 << 10);
        await raw.GetAsync($"/download/{file.Id}/film.mp4", "Connection: close");
        long length = RawHttp.ContentLength(await raw.ReadHeadAsync());
        raw.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        await raw.ReadAsync(1_000_000);
        // Longer than the grace for a response to begin.
        await Task.Delay(TimeSpan.FromSeconds(1.5));
        Assert.Equal(length - 1_000_000, (await raw.ReadAsync(length)).Length);
        await RecordedLedger.WhenTotalAsync(file.Content!.InfoHash.ToString(), SendKind.Direct, 20_000_000);
    }

    [Fact]
    public async Task Without_the_transport_whole_bodies_still_count()
    {
        using var folder = new TestFolder();
        await using IngestServer plain = await IngestServer.StartAsync(
            silo.Grains,
            folder.Path,
            o => o with { CountAtSocket = false }
        );
        PublishedFile file = await Tus.PublishAsync(plain.Client, Tus.RandomBytes(1_000_000));
        (await plain.Client.GetAsync($"/webseed/{file.Id}/film.mp4")).Dispose();
        await RecordedLedger.WhenTotalAsync(file.Content!.InfoHash.ToString(), SendKind.WebSeed, 1_000_000);
    }

    [Fact]
    public async Task Ledger_that_fails_hears_it_later_and_once()
    {
        PublishedFile file = await Tus.PublishAsync(_server.Client, Tus.RandomBytes(50_000));
        string hash = file.Content!.InfoHash.ToString();
        RecordedLedger.Refused[hash] = 0;
        (await _server.Client.GetAsync($"/webseed/{file.Id}/film.mp4")).Dispose();
        await RecordedLedger.WhenRefusedAsync(hash, 2);
        Assert.Equal(0, RecordedLedger.Total(hash, SendKind.WebSeed));
        RecordedLedger.Refused.TryRemove(hash, out _);
        await RecordedLedger.WhenTotalAsync(hash, SendKind.WebSeed, 50_000);
    }

    [Fact]
    public async Task Last_report_is_made_on_the_way_down_and_the_source_stays_the_same()
    {
        using var folder = new TestFolder();
        string hash;
        PublishedFile file;
        await using (IngestServer server = await IngestServer.StartAsync(silo.Grains, folder.Path))
        {
            file = await Tus.PublishAsync(server.Client, Tus.RandomBytes(50_000));
            hash = file.Content!.InfoHash.ToString();
            (await server.Client.GetAsync($"/webseed/{file.Id}/film.mp4")).Dispose();
        }
        Assert.Equal(50_000, RecordedLedger.Total(hash, SendKind.WebSeed));
        await using IngestServer again = await IngestServer.StartAsync(silo.Grains, folder.Path);
        (await again.Client.GetAsync($"/webseed/{file.Id}/film.mp4")).Dispose();
        await RecordedLedger.WhenTotalAsync(hash, SendKind.WebSeed, 100_000);
        Assert.Single(RecordedLedger.Sources(hash));
    }
}
