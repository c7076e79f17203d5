using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Distribution.Ingest.Tests.Hosting;
using Distribution.Ingest.Transport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Distribution.Ingest.Tests.Transport;

/// <summary>Bodies that are received where their reader wants them are the same bodies.</summary>
public sealed class PlacedInputTests(TestSilo silo) : IAsyncLifetime
{
    private const int PlaceBytes = 100_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TestFolder _folder = new();
    private readonly TaskCompletionSource<PipeReader> _reader = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _progress = new(0);
    private IngestServer _server = null!;
    private long _seenBytes;
    private long _placedBytes;
    private int _cancelled;
    private Exception? _fault;

    public async ValueTask InitializeAsync() =>
        _server = await IngestServer.StartAsync(
            silo.Grains,
            _folder.Path,
            map: app =>
            {
                app.MapPost("/body", TakeAsync);
                app.MapGet("/next", () => Results.Bytes("next"u8.ToArray()));
            }
        );

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
        _progress.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(PlaceBytes)]
    [InlineData(20_000_003)]
    public async Task A_body_is_whole_and_the_request_behind_it_untouched(int length)
    {
        byte[] body = Tus.RandomBytes(length);
        using RawHttp raw = await RawHttp.ConnectAsync(_server.Address);

        byte[] sent = [.. Head(length), .. body, .. "GET /next HTTP/1.1\r\nHost: test\r\n\r\n"u8];
        await raw.SendAsync(sent);

        Assert.Equal(Convert.ToHexString(SHA256.HashData(body)), await AnswerAsync(raw));
        Assert.Equal("next", await AnswerAsync(raw));
        if (length > 1_000_000)
            Assert.InRange(_placedBytes, length / 2, length);
    }

    [Fact]
    public async Task Bodies_follow_one_another_on_one_connection()
    {
        using RawHttp raw = await RawHttp.ConnectAsync(_server.Address);
        for (int length = 3_000_000; length < 4_000_000; length += 100_001)
        {
            byte[] body = Tus.RandomBytes(length);
            await raw.SendAsync(Head(length));
            await raw.SendAsync(body);
            Assert.Equal(Convert.ToHexString(SHA256.HashData(body)), await AnswerAsync(raw));
        }
    }

    [Fact]
    public async Task What_came_is_seen_though_the_sender_pauses()
    {
        byte[] body = Tus.RandomBytes(8_000_000);
        using RawHttp raw = await RawHttp.ConnectAsync(_server.Address);
        await raw.SendAsync(Head(body.Length));
        int sent = 0;
        // Fast, so that the kernel is asked to gather; then less than that, and nothing after it before it was seen.
        foreach (int more in new[] { 5_000_000, 1000, 1, 200_000, 1 })
        {
            await raw.SendAsync(body.AsMemory(sent, more));
            sent += more;
            await UntilSeenAsync(sent);
        }
        await raw.SendAsync(body.AsMemory(sent));
        Assert.Equal(Convert.ToHexString(SHA256.HashData(body)), await AnswerAsync(raw));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task All_that_came_is_read_before_a_lost_sender_is_heard_of(bool isReset)
    {
        byte[] body = Tus.RandomBytes(8_000_000);
        using RawHttp raw = await RawHttp.ConnectAsync(_server.Address);
        await raw.SendAsync(Head(body.Length));
        await raw.SendAsync(body.AsMemory(0, 5_000_001));
        if (isReset)
        {
            // A reset may overtake what the kernel still holds, on either side.
            await UntilSeenAsync(5_000_001);
            raw.Reset();
        }
        else
        {
            raw.Socket.Shutdown(SocketShutdown.Send);
        }

        await _ended.Task.WaitAsync(Patience);

        Assert.Equal(5_000_001, _seenBytes);
        Assert.NotNull(_fault);
    }

    [Fact]
    public async Task A_read_that_waits_for_a_place_to_be_filled_can_be_cancelled()
    {
        byte[] body = Tus.RandomBytes(8_000_000);
        using RawHttp raw = await RawHttp.ConnectAsync(_server.Address);
        await raw.SendAsync(Head(body.Length));
        PipeReader reader = await _reader.Task.WaitAsync(Patience);
        for (int sent = 0; sent < body.Length; sent += 2_000_000)
        {
            await raw.SendAsync(body.AsMemory(sent, 2_000_000));
            await UntilSeenAsync(sent + 2_000_000);
            if (sent + 2_000_000 == body.Length)
                break;
            int before = _cancelled;
            reader.CancelPendingRead();
            while (Volatile.Read(ref _cancelled) == before)
                Assert.True(await _progress.WaitAsync(Patience));
        }
        Assert.Equal(Convert.ToHexString(SHA256.HashData(body)), await AnswerAsync(raw));
        Assert.Equal(3, _cancelled);
    }

    private async Task TakeAsync(HttpContext context)
    {
        context.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = null;
        var places = context.Features.Get<IPlacedInputFeature>()!;
        PipeReader reader = context.Request.BodyReader;
        _reader.TrySetResult(reader);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] place = new byte[PlaceBytes];
        long left = context.Request.ContentLength!.Value;
        try
        {
            for (bool isOver = false; !isOver; )
            {
                places.Place(place.AsMemory(0, (int)Math.Min(left, PlaceBytes)), left);
                ReadResult read = await reader.ReadAsync();
                foreach (ReadOnlyMemory<byte> part in read.Buffer)
                {
                    hash.AppendData(part.Span);
                    if (MemoryMarshal.TryGetArray(part, out ArraySegment<byte> array) && array.Array == place)
                        _placedBytes += part.Length;
                }
                left -= read.Buffer.Length;
                reader.AdvanceTo(read.Buffer.End);
                // Whoever reads where it said may use the place again.
                place.AsSpan().Clear();
                Volatile.Write(ref _seenBytes, context.Request.ContentLength.Value - left);
                if (read.IsCanceled)
                    Interlocked.Increment(ref _cancelled);
                isOver = read.IsCompleted;
                _progress.Release();
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            _fault = e;
            _ended.TrySetResult();
            return;
        }
        finally
        {
            places.TakeBack();
        }
        byte[] answer = Encoding.ASCII.GetBytes(Convert.ToHexString(hash.GetCurrentHash()));
        context.Response.ContentLength = answer.Length;
        await context.Response.Body.WriteAsync(answer);
    }

    private async Task UntilSeenAsync(long bytes)
    {
        while (Volatile.Read(ref _seenBytes) < bytes)
            Assert.True(await _progress.WaitAsync(Patience), $"{_seenBytes} of {bytes} bytes were seen.");
    }

    private static byte[] Head(int length) =>
        Encoding.ASCII.GetBytes($"POST /body HTTP/1.1\r\nHost: test\r\nContent-Length: {length}\r\n\r\n");

    private static async Task<string> AnswerAsync(RawHttp raw)
    {
        string[] head = await raw.ReadHeadAsync();
        Assert.Contains("200", head[0], StringComparison.Ordinal);
        return Encoding.ASCII.GetString(await raw.ReadAsync(RawHttp.ContentLength(head)));
    }
}
