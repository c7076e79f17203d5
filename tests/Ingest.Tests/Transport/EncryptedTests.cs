using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Distribution.Contracts.Files;
using Distribution.Contracts.Ledgers;
using Distribution.Ingest.Tests.Hosting;
using Distribution.Ingest.Tests.Sends;
using Distribution.Tests.Shared;
using Microsoft.AspNetCore.Hosting;

namespace Distribution.Ingest.Tests.Transport;

/// <summary>TLS and HTTP/2 on top of the transport.</summary>
public sealed class EncryptedTests(TestSilo silo, ITestOutputHelper output) : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private readonly X509Certificate2 _certificate = SelfSigned();
    private readonly byte[] _content = Tus.RandomBytes(12_000_000);
    private IngestServer _server = null!;
    private HttpClient _client = null!;
    private PublishedFile _file = null!;

    private string Hash => _file.Content!.InfoHash.ToString();

    public async ValueTask InitializeAsync()
    {
        _server = await IngestServer.StartAsync(
            silo.Grains,
            _folder.Path,
            configure: builder =>
                builder
                    .WebHost.UseKestrelHttpsConfiguration()
                    .ConfigureKestrel(k => k.ConfigureHttpsDefaults(h => h.ServerCertificate = _certificate)),
            url: "https://127.0.0.1:0"
        );
        var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = IsOurs;
        _client = new HttpClient(handler) { BaseAddress = _server.Address };
        _client.DefaultRequestHeaders.Authorization = _server.Client.DefaultRequestHeaders.Authorization;
        _client.DefaultRequestHeaders.Add("Tus-Resumable", "1.0.0");
        _file = await Tus.PublishAsync(_client, _content);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
        _certificate.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("--http2", "2")]
    [InlineData("--http1.1", "1.1")]
    public async Task Curl_gets_ranges_in_either_version(string option, string version)
    {
        string target = Path.Combine(_folder.Path, "got");
        ToolResult curl = await ExternalTool.RunAsync(
            "curl",
            option,
            "-sk",
            "-r",
            "1000-9000999",
            "-o",
            target,
            "-w",
            "%{http_version} %{http_code}",
            new Uri(_server.Address, $"/webseed/{_file.Id}/film.mp4").ToString()
        );
        Assert.Equal($"{version} 206", curl.Succeeded());
        Assert.Equal(_content[1000..9_001_000], await File.ReadAllBytesAsync(target));
        await RecordedLedger.WhenTotalAsync(Hash, SendKind.WebSeed, 9_000_000);
    }

    [Fact]
    public async Task Streams_of_one_http2_connection_count_each_body_once()
    {
        byte[][] bodies = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => GetAsync()));
        Assert.All(bodies, body => Assert.Equal(_content, body));
        await RecordedLedger.WhenTotalAsync(Hash, SendKind.WebSeed, 4L * _content.Length);

        async Task<byte[]> GetAsync()
        {
            using HttpResponseMessage response = await _client.SendAsync(
                new HttpRequestMessage(HttpMethod.Get, $"/webseed/{_file.Id}/film.mp4")
                {
                    Version = HttpVersion.Version20,
                    VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                }
            );
            return await response.Content.ReadAsByteArrayAsync();
        }
    }

    [Fact]
    public async Task Encrypted_viewer_that_stalls_and_resets_is_counted_to_a_flush()
    {
        if (!File.Exists("/proc/net/tcp"))
            Assert.Skip("The kernel's own figures are in /proc/net/tcp, on Linux.");
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.ReceiveBufferSize = 64 << 10;
        await socket.ConnectAsync(IPAddress.Loopback, _server.Address.Port);
        await using var network = new NetworkStream(socket);
        await using var tls = new SslStream(network, false, IsOurs);
        await tls.AuthenticateAsClientAsync("127.0.0.1");
        await tls.WriteAsync(
            Encoding.ASCII.GetBytes($"GET /webseed/{_file.Id}/film.mp4 HTTP/1.1\r\nHost: test\r\n\r\n")
        );
        const int readBytes = 2_000_000;
        await tls.ReadExactlyAsync(new byte[readBytes]);

        // All that the server's socket took and this side has not read; records and heads make it longer than the content.
        (int client, int server) = KernelQueues.Ports(socket);
        long waiting = 0;
        await Stillness.WaitAsync(() =>
            waiting = KernelQueues.Unread(client, server) + KernelQueues.Unacknowledged(server, client)
        );
        const int oneFlush = 64 << 10;
        // Read from the socket by this side's TLS, and not given out.
        const int clientsBuffer = 48 << 10;
        socket.Close(timeout: 0);
        long counted = 0;
        await Stillness.WaitAsync(() => counted = _server.BytesCounted(Hash));
        output.WriteLine($"{readBytes} read, {waiting} waiting, {counted} counted");
        Assert.InRange(counted, readBytes + waiting * 99 / 100 - oneFlush, readBytes + waiting + clientsBuffer);
        await RecordedLedger.WhenTotalAsync(Hash, SendKind.WebSeed, counted);
    }

    private bool IsOurs(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        certificate?.GetCertHashString() == _certificate.GetCertHashString();

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
    }
}
