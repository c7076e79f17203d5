using System.Net;
using System.Net.Sockets;
using System.Text;
using Distribution.Ingest.Tests.Hosting;
using Distribution.Ingest.Transport.Plain;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Distribution.Ingest.Tests.Transport.Plain;

/// <summary>A loop with real sockets, a handler of our own, and time that we move.</summary>
public sealed class PlainLoopTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly TestFolder _folder = new();
    private readonly WordHandler _handler = new();
    private readonly FakeTimeProvider _clock = new();
    private readonly Socket _socket = new(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
    private PlainLoop _loop = null!;
    private PlainListener _listener = null!;

    public ValueTask InitializeAsync()
    {
        _socket.DualMode = true;
        _socket.Bind(new IPEndPoint(IPAddress.IPv6Any, 0));
        _socket.Listen(2000);
        _socket.Blocking = false;
        _loop =
            PlainLoop.TryStart([_handler], _clock, NullLogger.Instance)
            ?? throw new PlatformNotSupportedException("These tests need Linux.");
        _listener = new PlainListener(_socket, [_loop]);
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_socket.LocalEndPoint!).Port}");
        _listener.Start();
        return ValueTask.CompletedTask;
    }

    private Uri Address { get; set; } = null!;

    public async ValueTask DisposeAsync()
    {
        _listener.End();
        await _listener.DrainAsync(TimeSpan.Zero, TimeProvider.System).WaitAsync(Patience);
        _loop.End();
        _handler.File?.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Requests_that_come_together_are_answered_in_order()
    {
        using RawHttp raw = await RawHttp.ConnectAsync(Address);
        await raw.SendAsync(string.Concat(Enumerable.Repeat(Request("/word") + Request("/address"), 50)));
        for (int i = 0; i < 50; i++)
        {
            Assert.Equal("/word", await ReadAsync(raw));
            // An IPv4 peer of a socket for both: its own form for those that compare, the socket's for those that count.
            Assert.Equal("::ffff:127.0.0.1 127.0.0.1", await ReadAsync(raw));
        }
    }

    [Fact]
    public async Task What_is_not_plain_is_given_on_with_all_that_is_unanswered()
    {
        using RawHttp raw = await RawHttp.ConnectAsync(Address);
        string rest = Request("/other") + Request("/word") + "POST";
        await raw.SendAsync(Request("/word") + rest);
        Assert.Equal("/word", await ReadAsync(raw));
        PlainRemainder other = await TakeAsync();
        using (other.Descriptor)
        {
            Assert.Equal(rest, Encoding.ASCII.GetString(other.Received));
            // It is a live connection, and the loop's no more.
            using var socket = new Socket(other.Descriptor);
            await raw.SendAsync(Request("/word"));
            var buffer = new byte[1000];
            int received = await Task.Run(() =>
            {
                socket.Blocking = true;
                return socket.Receive(buffer);
            });
            Assert.Equal(Request("/word"), Encoding.ASCII.GetString(buffer, 0, received));
        }
    }

    [Theory]
    [InlineData("G")]
    [InlineData("GET /word HTTP/1.1\r\nHost: x\r\n")]
    [InlineData("\u0016\u0003\u0001")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")]
    [InlineData("GET /word HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nGET /")]
    [InlineData("GET /word HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    public async Task The_first_bytes_are_given_on_as_they_came(string text)
    {
        using RawHttp raw = await RawHttp.ConnectAsync(Address);
        await raw.SendAsync(text);
        PlainRemainder other = await TakeAsync();
        other.Descriptor.Dispose();
        Assert.Equal(text, Encoding.ASCII.GetString(other.Received));
        Assert.Empty(_handler.Offered);
    }

    [Fact]
    public async Task An_answer_may_come_later_and_what_came_before_leaves_at_once()
    {
        using RawHttp raw = await RawHttp.ConnectAsync(Address);
        using RawHttp bystander = await RawHttp.ConnectAsync(Address);
        await raw.SendAsync(Request("/word") + Request("/later") + Request("/word"));
        Assert.Equal("/word", await ReadAsync(raw));
        await bystander.SendAsync(Request("/word"));
        Assert.Equal("/word", await ReadAsync(bystander));
        _handler.IsKnown = true;
        _handler.Known.SetResult();
        Assert.Equal("/later", await ReadAsync(raw));
        Assert.Equal("/word", await ReadAsync(raw));
    }

    [Fact]
    public async Task Who_does_not_know_after_waiting_is_not_asked_a_third_time()
    {
        using RawHttp raw = await RawHttp.ConnectAsync(Address);
        await raw.SendAsync(Request("/later") + "more");
        _handler.Known.SetResult();
        PlainRemainder other = await TakeAsync();
        other.Descriptor.Dispose();
        Assert.Equal(Request("/later") + "more", Encoding.ASCII.GetString(other.Received));
        Assert.Equal(["/later", "/later"], _handler.Offered);
    }

    [Fact]
    public async Task Connections_for_one_request_each_get_the_whole_answer_and_an_end()
    {
        byte[] request = Encoding.ASCII.GetBytes("GET /word HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        byte[] answer = new byte[2000];
        for (int i = 0; i < 200; i++)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(Address.Host, Address.Port).WaitAsync(Patience);
            await socket.SendAsync(request).WaitAsync(Patience);
            int length = 0;
            // A connection that is reset instead of ended throws.
            for (int received; (received = await Receive(length).WaitAsync(Patience)) > 0; )
                length += received;
            Assert.EndsWith("\r\n\r\n/word", Encoding.ASCII.GetString(answer, 0, length));

            Task<int> Receive(int from) => socket.ReceiveAsync(answer.AsMemory(from)).AsTask();
        }
    }

    [Fact]
    public async Task Who_asks_to_close_is_closed_after_the_answer_and_nothing_more_is_read()
    {
        using RawHttp raw = await RawHttp.ConnectAsync(Address);
        await raw.SendAsync("GET /word HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        Assert.Contains("Connection: close", await raw.ReadHeadAsync());
        Assert.Equal("/word", Encoding.ASCII.GetString(await raw.ReadAsync(long.MaxValue)));
        Assert.Single(_handler.Offered);
    }

    [Fact]
    public async Task A_handler_that_fails_costs_its_connection_alone()
    {
        using RawHttp other = await RawHttp.ConnectAsync(Address);
        await other.SendAsync(Request("/word"));
        Assert.Equal("/word", await ReadAsync(other));
        using RawHttp raw = await RawHttp.ConnectAsync(Address);
        await raw.SendAsync(Request("/throws"));
        await Assert.ThrowsAsync<SocketException>(raw.ReadHeadAsync);
        await other.SendAsync(Request("/word"));
        Assert.Equal("/word", await ReadAsync(other));
    }

    [Fact]
    public async Task A_thousand_idle_connections_are_kept_and_leave_nothing_behind()
    {
        for (int round = 0; round < 2; round++)
        {
            var clients = new List<RawHttp>();
            for (int i = 0; i < 1000; i++)
                clients.Add(await RawHttp.ConnectAsync(Address));
            foreach (RawHttp client in (RawHttp[])[clients[0], clients[500], clients[999], clients[500]])
            {
                await client.SendAsync(Request("/word"));
                Assert.Equal("/word", await ReadAsync(client));
            }
            foreach (RawHttp client in clients)
                client.Dispose();
        }
        using RawHttp last = await RawHttp.ConnectAsync(Address);
        await last.SendAsync(Request("/word"));
        Assert.Equal("/word", await ReadAsync(last));
        // Each connection that the loop holds, or has forgotten to close, would keep this from ending; time stands still.
        last.Dispose();
        _listener.End();
        await _listener.DrainAsync(Timeout.InfiniteTimeSpan, _clock).WaitAsync(Patience);
    }

    [Fact]
    public async Task Who_is_silent_for_long_is_closed()
    {
        using RawHttp raw = await RawHttp.ConnectAsync(Address);
        await raw.SendAsync(Request("/word"));
        Assert.Equal("/word", await ReadAsync(raw));
        _clock.Advance(TimeSpan.FromSeconds(120));
        await raw.SendAsync(Request("/word"));
        Assert.Equal("/word", await ReadAsync(raw));
        _clock.Advance(TimeSpan.FromSeconds(140));
        Assert.Empty(await raw.ReadAsync(1));
    }

    [Fact]
    public async Task Who_takes_next_to_nothing_is_cut_off()
    {
        await MakeFileAsync(40_000_000);
        using RawHttp raw = await RawHttp.ConnectAsync(Address, receiveBufferBytes: 64 << 10);
        await raw.SendAsync(Request("/file"));
        await raw.ReadHeadAsync();
        while (!_handler.Ended.IsCompleted)
        {
            // Each of these is long enough, once the loop has seen that the socket is full.
            _clock.Advance(TimeSpan.FromSeconds(61));
            await Task.WhenAny(_handler.Ended, Task.Delay(100));
        }
        Assert.InRange(_handler.AcceptedBytes, 1, 39_000_000);
        await Assert.ThrowsAsync<SocketException>(() => raw.ReadAsync(40_000_000));
    }

    [Fact]
    public async Task A_file_arrives_whole_from_the_disk_and_from_memory()
    {
        byte[] content = await MakeFileAsync(20_000_000);
        ColdFile.Forget(_handler.File!);
        Assert.SkipWhen(ColdFile.IsInMemory(_handler.File!), "This file system keeps its files in memory.");
        int elsewhere = 0;
        for (int i = 1; i <= 2; i++)
        {
            using RawHttp raw = await RawHttp.ConnectAsync(Address);
            await raw.SendAsync(Request("/file"));
            await raw.ReadHeadAsync();
            Assert.Equal(content, await raw.ReadAsync(content.Length));
            // The same connection goes on, so all of it is counted.
            await raw.SendAsync(Request("/word"));
            Assert.Equal("/word", await ReadAsync(raw));
            Assert.Equal(i * content.Length, _handler.AcceptedBytes);
            // Only another thread may wait for the disk. Later too, if the system lets go of the file again.
            if (i == 1)
                elsewhere = _handler.AcceptedElsewhere;
        }
        Assert.True(ColdFile.IsInMemory(_handler.File!));
        Assert.InRange(elsewhere, 1, int.MaxValue);
    }

    [Fact]
    public async Task A_file_that_is_shorter_than_its_record_ends_in_a_reset()
    {
        byte[] content = await MakeFileAsync(1_000_000);
        _handler.FileBytes = 1_100_000;
        using RawHttp raw = await RawHttp.ConnectAsync(Address);
        await raw.SendAsync(Request("/file"));
        await raw.ReadHeadAsync();
        await Assert.ThrowsAsync<SocketException>(() => raw.ReadAsync(1_100_000));
        await _handler.Ended.WaitAsync(Patience);
        Assert.Equal(content.Length, _handler.AcceptedBytes);
    }

    [Fact]
    public async Task The_end_closes_the_idle_lets_an_answer_end_and_cuts_off_who_does_not_take_it()
    {
        byte[] content = await MakeFileAsync(20_000_000);
        using RawHttp idle = await RawHttp.ConnectAsync(Address);
        await idle.SendAsync(Request("/word"));
        Assert.Equal("/word", await ReadAsync(idle));
        using RawHttp busy = await RawHttp.ConnectAsync(Address, receiveBufferBytes: 64 << 10);
        using RawHttp stuck = await RawHttp.ConnectAsync(Address, receiveBufferBytes: 64 << 10);
        foreach (RawHttp raw in (RawHttp[])[busy, stuck])
        {
            await raw.SendAsync(Request("/file"));
            await raw.ReadHeadAsync();
        }

        _listener.End();
        Assert.Null(await _listener.TakeAsync(default));
        Task drained = _listener.DrainAsync(TimeSpan.FromSeconds(3), _clock);
        Assert.Empty(await idle.ReadAsync(1));
        // It gets all, and then the end: its answer had promised more requests.
        Assert.Equal(content, await busy.ReadAsync(long.MaxValue));
        Assert.False(drained.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(4));
        await drained.WaitAsync(Patience);
        await Assert.ThrowsAsync<SocketException>(() => stuck.ReadAsync(content.Length));
    }

    private static string Request(string path) => $"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n";

    private static async Task<string> ReadAsync(RawHttp raw)
    {
        string[] head = await raw.ReadHeadAsync().WaitAsync(Patience);
        return Encoding.ASCII.GetString(await raw.ReadAsync(RawHttp.ContentLength(head)).WaitAsync(Patience));
    }

    private async Task<PlainRemainder> TakeAsync() =>
        (await _listener.TakeAsync(default).AsTask().WaitAsync(Patience))!;

    private async Task<byte[]> MakeFileAsync(int bytes)
    {
        byte[] content = Tus.RandomBytes(bytes);
        string path = Path.Combine(_folder.Path, "file");
        await File.WriteAllBytesAsync(path, content);
        _handler.File = File.OpenHandle(path);
        _handler.FileBytes = bytes;
        return content;
    }
}
