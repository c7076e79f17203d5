using System.Net.Sockets;
using System.Text;
using Distribution.Contracts.Files;
using Distribution.Ingest.Tests.Hosting;

namespace Distribution.Ingest.Tests.WebSeeds;

/// <summary>What clients do to connections that begin in a loop, on a whole server.</summary>
public sealed class PlainConnectionTests(TestSilo silo) : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly TestFolder _folder = new();
    private readonly byte[] _content = Tus.RandomBytes(8_000_000);
    private IngestServer _server = null!;
    private PublishedFile _file = null!;

    private string Link => $"/webseed/{_file.Id}/film.mp4";

    public async ValueTask InitializeAsync()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Skip("The loops are Linux's.");
        _server = await IngestServer.StartAsync(silo.Grains, _folder.Path);
        _file = await Tus.PublishAsync(_server.Client, _content);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Broken_connections_leave_no_descriptor_behind()
    {
        string contents = Path.Combine(_folder.Path, "content");
        int before = ServerDescriptors.SocketsAt(_server.Address.Port);
        Assert.InRange(before, 1, int.MaxValue);
        for (int i = 0; i < 20; i++)
        {
            // On the loop, and handed over.
            foreach (string header in (string[])["Range: bytes=0-", "X-Unusual: 1"])
            {
                await BreakOffAsync(header, raw => raw.Reset());
                await BreakOffAsync(header, raw => raw.Dispose());
                await BreakOffAsync(
                    header,
                    raw =>
                    {
                        raw.Socket.Shutdown(SocketShutdown.Send);
                        raw.Reset();
                    }
                );
            }
            using RawHttp half = await RawHttp.ConnectAsync(_server.Address);
            await half.SendAsync($"GET {Link} HTTP/1.1\r\nHo");
            half.Reset();
            using RawHttp silent = await RawHttp.ConnectAsync(_server.Address);
            silent.Reset();
        }
        // The server's own end of each, and the file that their answers had open.
        await WhenAsync(() => ServerDescriptors.SocketsAt(_server.Address.Port) <= before);
        await WhenAsync(() => ServerDescriptors.FilesBelow(contents) == 0);
    }

    [Fact]
    public async Task Who_has_ended_its_half_gets_all_and_then_the_end()
    {
        using RawHttp raw = await RawHttp.ConnectAsync(_server.Address, receiveBufferBytes: 64 << 10);
        await raw.SendAsync(Request("") + Request("Range: bytes=1-5\r\n"));
        raw.Socket.Shutdown(SocketShutdown.Send);
        await raw.ReadHeadAsync();
        Assert.Equal(_content, await raw.ReadAsync(_content.Length));
        await raw.ReadHeadAsync();
        Assert.Equal(_content[1..6], await raw.ReadAsync(long.MaxValue));
    }

    [Fact]
    public async Task A_head_may_come_in_pieces()
    {
        using RawHttp raw = await RawHttp.ConnectAsync(_server.Address);
        raw.Socket.NoDelay = true;
        for (int i = 0; i < 2; i++)
        {
            foreach (char character in Request("Range: bytes=7-9\r\n"))
                await raw.SendAsync(character.ToString());
            Assert.StartsWith("HTTP/1.1 206", (await raw.ReadHeadAsync())[0], StringComparison.Ordinal);
            Assert.Equal(_content[7..10], await raw.ReadAsync(3));
        }
    }

    [Theory]
    [InlineData(3000, "HTTP/1.1 206")]
    [InlineData(5000, "HTTP/1.1 206")]
    [InlineData(20_000, "HTTP/1.1 206")]
    [InlineData(40_000, "HTTP/1.1 431")]
    public async Task A_head_may_be_as_long_as_the_web_server_allows(int bytes, string status)
    {
        using RawHttp raw = await RawHttp.ConnectAsync(_server.Address);
        await raw.SendAsync(Request($"User-Agent: {new string('a', bytes)}\r\nRange: bytes=7-9\r\n"));
        Assert.StartsWith(status, (await raw.ReadHeadAsync())[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003")]
    [InlineData("GET  / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET /webseed/\0 HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("GET / HTTP/9.9\r\nHost: a\r\n\r\n")]
    [InlineData("\r\n\r\n\u0001\u0002")]
    public async Task What_is_no_request_is_refused_and_others_are_served(string text)
    {
        using RawHttp raw = await RawHttp.ConnectAsync(_server.Address);
        await raw.SendAsync(Encoding.Latin1.GetBytes(text));
        raw.Socket.Shutdown(SocketShutdown.Send);
        byte[] refusal = await raw.ReadAsync(long.MaxValue).WaitAsync(Patience);
        if (refusal.Length > 0)
            Assert.Matches("^HTTP/1.1 (400|505) ", Encoding.Latin1.GetString(refusal));
        Assert.Equal(_content, await _server.Client.GetByteArrayAsync(Link));
    }

    [Fact]
    public async Task Who_begins_with_HTTP2_is_told_to_speak_HTTP1()
    {
        using RawHttp raw = await RawHttp.ConnectAsync(_server.Address);
        await raw.SendAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        // GOAWAY, after stream 0, HTTP_1_1_REQUIRED (RFC 9113, 6.8 and 7).
        byte[] expected = [0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 13];
        Assert.Equal(expected, await raw.ReadAsync(long.MaxValue).WaitAsync(Patience));
    }

    private string Request(string headers) => $"GET {Link} HTTP/1.1\r\nHost: test\r\n{headers}\r\n";

    private async Task BreakOffAsync(string header, Action<RawHttp> end)
    {
        using RawHttp raw = await RawHttp.ConnectAsync(_server.Address, receiveBufferBytes: 64 << 10);
        await raw.GetAsync(Link, header);
        await raw.ReadHeadAsync();
        await raw.ReadAsync(10_000);
        end(raw);
    }

    // The kernel tells nobody of a closed descriptor.
    private static async Task WhenAsync(Func<bool> isSo)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!isSo())
            await Task.Delay(50, patience.Token);
    }
}
