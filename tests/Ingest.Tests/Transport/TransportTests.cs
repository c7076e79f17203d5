using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Distribution.Contracts.Files;
using Distribution.Contracts.Ledgers;
using Distribution.Ingest.Tests.Hosting;
using Distribution.Ingest.Transport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Distribution.Ingest.Tests.Transport;

/// <summary>The transport carries the whole site: what Kestrel's own does, it must do.</summary>
public sealed class TransportTests(TestSilo silo) : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Connections_are_ours_and_the_two_counters_meet()
    {
        await using IngestServer server = await StartAsync(app =>
            app.MapGet(
                "/written",
                async (HttpContext context) =>
                {
                    var feature = context.Features.Get<IAcceptedBytesFeature>()!;
                    // A client may have the bytes before the send that gave them has returned.
                    var before = new WaitingObserver(feature.WrittenBytes);
                    feature.Observe(0, feature.WrittenBytes, before);
                    await before.Reached;
                    return Text($"{feature.IsDirect} {feature.WrittenBytes} {feature.AcceptedBytes}");
                }
            )
        );
        using RawHttp raw = await RawHttp.ConnectAsync(server.Address);
        await raw.GetAsync("/written");
        string first = await ReadTextAsync(raw);
        Assert.Equal("True 0 0", first);
        long received = raw.ReadFromSocket;
        await raw.GetAsync("/written");
        Assert.Equal($"True {received} {received}", await ReadTextAsync(raw));
    }

    [Fact]
    public async Task Large_bodies_pass_both_ways_at_once()
    {
        await using IngestServer server = await StartAsync(app =>
            app.MapPost(
                "/echo",
                async (HttpContext context) =>
                {
                    context
                        .Features.Get<Microsoft.AspNetCore.Http.Features.IHttpMaxRequestBodySizeFeature>()!
                        .MaxRequestBodySize = null;
                    context.Response.ContentLength = context.Request.ContentLength;
                    await context.Request.BodyReader.CopyToAsync(context.Response.BodyWriter);
                }
            )
        );
        byte[] content = Tus.RandomBytes(20_000_000);
        await Parallel.ForAsync(
            0,
            8,
            async (_, _) =>
            {
                using RawHttp raw = await RawHttp.ConnectAsync(server.Address);
                await raw.SendAsync($"POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: {content.Length}\r\n\r\n");
                Task sent = raw.SendAsync(content);
                await raw.ReadHeadAsync();
                byte[] echo = await raw.ReadAsync(content.Length);
                Assert.Equal(content, echo);
                await sent;
            }
        );
    }

    [Fact]
    public async Task Many_small_writes_are_gathered_and_arrive_in_order()
    {
        await using IngestServer server = await StartAsync(app =>
            app.MapGet(
                "/numbers",
                async (HttpContext context) =>
                {
                    for (int i = 0; i < 200_000; i++)
                    {
                        BitConverter.TryWriteBytes(context.Response.BodyWriter.GetSpan(4), i);
                        context.Response.BodyWriter.Advance(4);
                        if (i % 5000 == 0)
                            await context.Response.BodyWriter.FlushAsync();
                    }
                }
            )
        );
        byte[] bytes = await server.Client.GetByteArrayAsync("/numbers");
        Assert.Equal(
            Enumerable.Range(0, 200_000),
            Enumerable.Range(0, bytes.Length / 4).Select(i => BitConverter.ToInt32(bytes, i * 4))
        );
    }

    [Fact]
    public async Task Web_sockets_live_on_it()
    {
        await using IngestServer server = await StartAsync(app =>
        {
            app.UseWebSockets();
            app.Map(
                "/socket",
                async (HttpContext context) =>
                {
                    using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
                    var buffer = new byte[4096];
                    while (true)
                    {
                        WebSocketReceiveResult received = await socket.ReceiveAsync(buffer, default);
                        if (received.MessageType == WebSocketMessageType.Close)
                            break;
                        await socket.SendAsync(
                            buffer.AsMemory(0, received.Count),
                            received.MessageType,
                            received.EndOfMessage,
                            default
                        );
                    }
                    await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);
                }
            );
        });
        using var client = new ClientWebSocket();
        await client.ConnectAsync(new UriBuilder(server.Address) { Scheme = "ws", Path = "/socket" }.Uri, default);
        for (int size = 1; size < 2000; size += 97)
        {
            byte[] message = Tus.RandomBytes(size);
            await client.SendAsync(message, WebSocketMessageType.Binary, true, default);
            var buffer = new byte[4096];
            WebSocketReceiveResult received = await client.ReceiveAsync(buffer, default);
            Assert.Equal(message, buffer[..received.Count]);
        }
        await client.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);
    }

    [Fact]
    public async Task Client_that_goes_away_aborts_a_request_that_waits()
    {
        var started = new TaskCompletionSource();
        var aborted = new TaskCompletionSource();
        await using IngestServer server = await StartAsync(app =>
            app.MapGet(
                "/wait",
                async (HttpContext context) =>
                {
                    context.RequestAborted.Register(() => aborted.TrySetResult());
                    started.SetResult();
                    await aborted.Task;
                }
            )
        );
        using RawHttp raw = await RawHttp.ConnectAsync(server.Address);
        await raw.GetAsync("/wait");
        await started.Task.WaitAsync(TimeSpan.FromSeconds(30));
        raw.Socket.Close();
        await aborted.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Abort_resets_the_connection()
    {
        await using IngestServer server = await StartAsync(app =>
            app.MapGet("/abort", (HttpContext context) => context.Abort())
        );
        using RawHttp raw = await RawHttp.ConnectAsync(server.Address);
        await raw.GetAsync("/abort");
        var e = await Assert.ThrowsAsync<SocketException>(raw.ReadHeadAsync);
        Assert.Equal(SocketError.ConnectionReset, e.SocketErrorCode);
    }

    [Fact]
    public async Task Response_with_close_arrives_whole_and_then_the_stream_ends()
    {
        await using IngestServer server = await StartAsync(app =>
            app.MapGet("/large", () => Results.Bytes(new byte[5_000_000]))
        );
        using RawHttp raw = await RawHttp.ConnectAsync(server.Address);
        await raw.GetAsync("/large", "Connection: close");
        await raw.ReadHeadAsync();
        Assert.Equal(5_000_000, (await raw.ReadAsync(long.MaxValue)).Length);
    }

    [Fact]
    public async Task Shutdown_waits_for_a_response_and_ends_idle_connections()
    {
        var started = new TaskCompletionSource();
        var go = new TaskCompletionSource();
        IngestServer server = await StartAsync(app =>
            app.MapGet(
                "/slow",
                async () =>
                {
                    started.SetResult();
                    await go.Task;
                    return Text("done");
                }
            )
        );
        using RawHttp idle = await RawHttp.ConnectAsync(server.Address);
        await idle.GetAsync("/webseed/x/y");
        await ReadTextAsync(idle);
        using RawHttp busy = await RawHttp.ConnectAsync(server.Address);
        await busy.GetAsync("/slow");
        await started.Task;
        Task stopped = server.DisposeAsync().AsTask();
        await idle.ReadToEndAsync();
        Assert.False(stopped.IsCompleted);
        go.SetResult();
        Assert.Equal("done", await ReadTextAsync(busy));
        await stopped.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Both_address_families_reach_one_dual_socket()
    {
        if (!Socket.OSSupportsIPv6)
            Assert.Skip("There is no IPv6 here.");
        await using IngestServer server = await StartAsync(
            app => app.MapGet("/who", (HttpContext context) => Text(context.Connection.RemoteIpAddress!.ToString())),
            url: "http://[::]:0"
        );
        foreach (string host in new[] { "127.0.0.1", "[::1]" })
        {
            var address = new UriBuilder(server.Address) { Host = host }.Uri;
            using RawHttp raw = await RawHttp.ConnectAsync(address);
            await raw.GetAsync("/who");
            Assert.Contains(host.Trim('[', ']'), await ReadTextAsync(raw), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Address_in_use_is_said_as_Kestrel_expects()
    {
        await using IngestServer server = await StartAsync(_ => { });
        using var folder = new TestFolder();
        IOException e = await Assert.ThrowsAsync<IOException>(() =>
            IngestServer.StartAsync(silo.Grains, folder.Path, url: server.Address.ToString())
        );
        Assert.IsType<Microsoft.AspNetCore.Connections.AddressInUseException>(e.InnerException);
    }

    [Fact]
    public async Task Tls_lies_on_top_and_bodies_still_count()
    {
        using X509Certificate2 certificate = SelfSigned();
        await using IngestServer server = await StartAsync(
            _ => { },
            builder =>
                builder
                    .WebHost.UseKestrelHttpsConfiguration()
                    .ConfigureKestrel(k => k.ConfigureHttpsDefaults(h => h.ServerCertificate = certificate)),
            "https://127.0.0.1:0"
        );
        using var handler = new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = (_, c, _, _) => c!.Thumbprint == certificate.Thumbprint,
        };
        using var client = new HttpClient(handler) { BaseAddress = server.Address };
        client.DefaultRequestHeaders.Authorization = server.Client.DefaultRequestHeaders.Authorization;
        client.DefaultRequestHeaders.Add("Tus-Resumable", "1.0.0");
        byte[] content = Tus.RandomBytes(2_000_000);
        PublishedFile file = await Tus.PublishAsync(client, content);
        foreach (Version version in new[] { HttpVersion.Version11, HttpVersion.Version20 })
        {
            using HttpResponseMessage response = await client.SendAsync(
                new HttpRequestMessage(HttpMethod.Get, $"/webseed/{file.Id}/film.mp4")
                {
                    Version = version,
                    VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                }
            );
            Assert.Equal(version, response.Version);
            Assert.Equal(content, await response.Content.ReadAsByteArrayAsync());
        }
        await RecordedLedger.WhenTotalAsync(file.Content!.InfoHash.ToString(), SendKind.WebSeed, 4_000_000);
    }

    [Fact]
    public async Task Unix_sockets_stay_with_Kestrel()
    {
        string path = Path.Combine(_folder.Path, "socket");
        await using IngestServer server = await IngestServer.StartAsync(
            silo.Grains,
            _folder.Path,
            configure: builder =>
                builder.WebHost.ConfigureKestrel(k =>
                {
                    k.ListenUnixSocket(path);
                    k.Listen(IPAddress.Loopback, 0);
                })
        );
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        using var client = new HttpClient(handler) { BaseAddress = new Uri("http://local") };
        using HttpResponseMessage response = await client.GetAsync("/webseed/x/y");
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    private Task<IngestServer> StartAsync(
        Action<WebApplication> map,
        Action<WebApplicationBuilder>? configure = null,
        string url = "http://127.0.0.1:0"
    ) => IngestServer.StartAsync(silo.Grains, _folder.Path, configure: configure, map: map, url: url);

    private static async Task<string> ReadTextAsync(RawHttp raw)
    {
        string[] head = await raw.ReadHeadAsync();
        bool chunked = head.Any(l => l.StartsWith("Transfer-Encoding: chunked", StringComparison.OrdinalIgnoreCase));
        Assert.False(chunked, "The test reads bodies with a length only.");
        return System.Text.Encoding.UTF8.GetString(await raw.ReadAsync(RawHttp.ContentLength(head)));
    }

    private static IResult Text(string text) => Results.Bytes(System.Text.Encoding.UTF8.GetBytes(text));

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
    }

    private sealed class WaitingObserver : IAcceptedBytesObserver
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly long _target;
        private long _total;

        public WaitingObserver(long target)
        {
            _target = target;
            Accepted(0);
        }

        public Task Reached => _reached.Task.WaitAsync(TimeSpan.FromSeconds(30));

        public void Accepted(long bytes)
        {
            _total += bytes;
            if (_total >= _target)
                _reached.TrySetResult();
        }
    }
}
