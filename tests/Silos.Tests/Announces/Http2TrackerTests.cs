using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Distribution.BitTorrent;
using Distribution.Silos.Hosting;
using Distribution.Silos.Tests.Hosting;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Distribution.Silos.Tests.Announces;

/// <summary>The HTTP tracker over TLS and HTTP/2.</summary>
public sealed class Http2TrackerTests : IDisposable
{
    private readonly TestFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Announces_and_scrapes_share_one_connection()
    {
        using X509Certificate2 certificate = SelfSigned();
        await using SiloHost host = await SiloHost.StartAsync(
            new SiloOptions { StatePath = _folder.StatePath, UdpPort = -1 },
            services =>
                services.Configure<KestrelServerOptions>(kestrel =>
                    kestrel.Listen(IPAddress.Loopback, 0, endpoint => endpoint.UseHttps(certificate))
                )
        );
        InfoHash file = (await host.PublishAsync("over-http2")).Content!.InfoHash;
        int connections = 0;
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) =>
        {
            Interlocked.Increment(ref connections);
            return shown?.GetCertHashString() == certificate.GetCertHashString();
        };
        using var client = new HttpClient(handler)
        {
            BaseAddress = host.Http.BaseAddress,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        string infoHash = string.Concat(file.ToString().Chunk(2).Select(static b => $"%{new string(b)}"));

        Assert.Contains(
            "8:completei1e",
            await GetAsync(client, Announce(infoHash, 1001, left: 0)),
            StringComparison.Ordinal
        );
        string[] replies = await Task.WhenAll(
            Enumerable.Range(2001, 20).Select(port => GetAsync(client, Announce(infoHash, port, SiloHost.Size)))
        );

        string seed = Encoding.Latin1.GetString([127, 0, 0, 1, 1001 >> 8, 1001 & 0xff]);
        Assert.All(replies, reply => Assert.Contains(seed, reply, StringComparison.Ordinal));
        Assert.Contains(
            "8:completei1e10:downloadedi0e10:incompletei20e",
            await GetAsync(client, $"/scrape?info_hash={infoHash}"),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "14:failure reason",
            await GetAsync(client, Announce(new string('a', 20), 1001, left: 0)),
            StringComparison.Ordinal
        );
        Assert.Equal(1, connections);
    }

    private static string Announce(string infoHash, int port, long left) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"/announce?info_hash={infoHash}&peer_id=-XX0000-{port:D12}&port={port}&uploaded=0&downloaded=0&left={left}&compact=1&numwant=50&event=started"
        );

    private static async Task<string> GetAsync(HttpClient client, string target)
    {
        using HttpResponseMessage answer = await client.GetAsync(target, Stop);
        Assert.Equal((HttpStatusCode.OK, HttpVersion.Version20), (answer.StatusCode, answer.Version));
        return Encoding.Latin1.GetString(await answer.Content.ReadAsByteArrayAsync(Stop));
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
    }
}
