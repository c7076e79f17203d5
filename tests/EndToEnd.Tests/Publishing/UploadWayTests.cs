using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Distribution.EndToEnd.Tests.Harness;

namespace Distribution.EndToEnd.Tests.Publishing;

/// <summary>How `publish` brings the bytes to the server: from the page cache, through TLS, through proxies that take only so much.</summary>
public sealed partial class UploadWayTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task Files_of_any_size_arrive_as_they_are()
    {
        await using DistributionServer server = await StartAsync();
        // Around a block, a stretch and a part.
        foreach (
            int size in new[] { 1, (64 << 10) - 1, 64 << 10, (1 << 20) + 1, (1 << 20) + (64 << 10), (64 << 20) + 1 }
        )
        {
            (string path, string sha256) = await MakeAsync(size);
            PublishedVideo video = await server.PublishAsync(path);
            Assert.Equal((size, sha256), (video.SizeBytes, video.Sha256));
        }
    }

    [Fact]
    public async Task The_kernel_sends_from_the_file()
    {
        Requires.Program("strace");
        await using DistributionServer server = await StartAsync();
        (string path, string sha256) = await MakeAsync(24_000_000);
        string log = _temp.File("strace.log");

        await using RunningProgram client = StartTraced(path, server, null, log);
        Assert.True(await client.ExitAsync(TimeSpan.FromSeconds(120)) == 0, client.Transcript());

        Assert.Contains(sha256, client.Output, StringComparison.Ordinal);
        // The others went while the connection was full.
        Assert.InRange(await SentAsync(log), 12_000_000, 24_000_000);
    }

    /// <summary>As it is with files of some file systems, from the first call on or later.</summary>
    [Theory]
    [InlineData("EINVAL:when=1+")]
    [InlineData("ENOSYS:when=7+")]
    public async Task Where_the_kernel_cannot_send_from_the_file_it_is_read(string failing)
    {
        Requires.Program("strace");
        await using DistributionServer server = await StartAsync();
        (string path, string sha256) = await MakeAsync(24_000_001);

        CommandResult result = await RunTracedAsync(path, server, failing);

        Assert.Equal(sha256, PublishedVideo.Read(result.Json()).Sha256);
    }

    [Fact]
    public async Task A_disk_that_fails_is_not_taken_for_the_file_system()
    {
        Requires.Program("strace");
        await using DistributionServer server = await StartAsync();
        (string path, string sha256) = await MakeAsync(24_000_001);
        string log = _temp.File("strace.log");

        await using RunningProgram client = StartTraced(path, server, "EIO:when=1", log);
        Assert.True(await client.ExitAsync(TimeSpan.FromSeconds(120)) == 0, client.Transcript());

        Assert.Contains(sha256, client.Output, StringComparison.Ordinal);
        Assert.Contains(
            "EIO",
            await File.ReadAllTextAsync(log, TestContext.Current.CancellationToken),
            StringComparison.Ordinal
        );
        // It is tried again, and by the kernel still.
        Assert.InRange(await SentAsync(log), 12_000_000, 24_000_001);
    }

    [Fact]
    public async Task A_proxy_that_cannot_be_asked_is_not_asked_twice()
    {
        int port = Ports.Free();
        string address = $"http://127.0.0.1:{port}";
        await using DistributionServer server = await StartAsync("--public-host", address);
        await using FrontProxy proxy = await FrontProxy.StartAsync(port, server.Port, canBeAsked: false);
        (string path, string sha256) = await MakeAsync((64 << 20) + 5);

        CommandResult result = await CommandLine.RunAsync(Publish(path, server, address), server.ClientEnvironment);

        Assert.Equal(sha256, PublishedVideo.Read(result.Json()).Sha256);
        Assert.Equal(1, proxy.Asked);
        Assert.Equal([64 << 20, 5], proxy.Taken);
    }

    [Fact]
    public async Task Tls_carries_the_same_bytes()
    {
        using var show = new TestShow();
        using X509Certificate2 certificate = SelfSigned();
        string trusted = _temp.File("trusted.pem");
        await File.WriteAllTextAsync(
            trusted,
            certificate.ExportCertificatePem(),
            TestContext.Current.CancellationToken
        );
        int port = Ports.Free();
        string address = $"https://127.0.0.1:{port}";
        await using DistributionServer server = await StartAsync("--public-host", address);
        await using FrontProxy proxy = await FrontProxy.StartAsync(port, server.Port, certificate: certificate);
        (string path, string sha256) = await MakeAsync(3_000_001);

        var environment = new Dictionary<string, string>(server.ClientEnvironment) { ["SSL_CERT_FILE"] = trusted };
        CommandResult file = await CommandLine.RunAsync(Publish(path, server, address), environment);
        CommandResult folder = await CommandLine.RunAsync(Publish(show.Path, server, address), environment);

        Assert.Equal(sha256, PublishedVideo.Read(file.Json()).Sha256);
        Assert.Equal([3_000_001, TestShow.SizeBytes], proxy.Taken);
        // What the plain way gives is held against the files themselves by the downloads' tests.
        string plain = (await server.RunAsync("publish", show.Path, "--json"))
            .Json()
            .GetProperty("infoHash")
            .GetString()!;
        Assert.Equal(plain, folder.Json().GetProperty("infoHash").GetString());
    }

    [Fact]
    public async Task A_proxys_limit_on_bodies_is_kept_for_the_rest_of_the_upload()
    {
        const long limit = 5_000_000;
        int port = Ports.Free();
        string address = $"http://127.0.0.1:{port}";
        await using DistributionServer server = await StartAsync("--public-host", address);
        await using FrontProxy proxy = await FrontProxy.StartAsync(port, server.Port, limit);
        (string path, string sha256) = await MakeAsync(24_000_000);

        CommandResult result = await CommandLine.RunAsync(Publish(path, server, address), server.ClientEnvironment);

        Assert.Equal(sha256, PublishedVideo.Read(result.Json()).Sha256);
        Assert.Equal([24_000_000, 12_000_000, 6_000_000], proxy.Refused);
        Assert.Equal(Enumerable.Repeat(3_000_000L, 8), proxy.Taken);
    }

    [Fact]
    public async Task A_proxy_that_takes_next_to_nothing_is_given_up_with_its_own_answer()
    {
        int port = Ports.Free();
        string address = $"http://127.0.0.1:{port}";
        await using DistributionServer server = await StartAsync("--public-host", address);
        await using FrontProxy proxy = await FrontProxy.StartAsync(port, server.Port, maxBodyBytes: 100_000);
        (string path, _) = await MakeAsync(5_000_000);

        CommandResult result = await CommandLine.RunAsync(Publish(path, server, address), server.ClientEnvironment);

        Assert.Contains("413", result.SingleComplaint(1), StringComparison.Ordinal);
        Assert.Equal([5_000_000, 2_500_000, 1_250_000, 1 << 20], proxy.Refused);
        Assert.Empty(proxy.Taken);
    }

    [Fact]
    public async Task A_file_that_is_cut_off_meanwhile_is_named()
    {
        int port = Ports.Free();
        string address = $"http://127.0.0.1:{port}";
        await using DistributionServer server = await StartAsync("--public-host", address);
        await using var uplink = new ThrottlingProxy(port, server.Port, bytesPerSecond: 20e6);
        (string path, _) = await MakeAsync(100_000_000);

        await using RunningProgram client = CommandLine.Start(Publish(path, server, address), server.ClientEnvironment);
        await Wait.UntilAsync(
            () => Task.FromResult(uplink.BytesToServer > 5_000_000 || client.HasExited),
            TimeSpan.FromSeconds(60),
            "some of the upload is sent"
        );
        // Another program does it, which .NET's own locks do not hold off.
        await using (RunningProgram cut = RunningProgram.Start("truncate", ["--size=1", path]))
            Assert.Equal(0, await cut.ExitAsync(TimeSpan.FromSeconds(30)));
        int status = await client.ExitAsync(TimeSpan.FromSeconds(90));

        var result = new CommandResult(status, client.Output, client.Errors);
        Assert.Contains($"{path} changed while it was uploaded", result.SingleComplaint(1), StringComparison.Ordinal);
        Assert.InRange(uplink.BytesToServer, 5_000_000, 60_000_000);
    }

    /// <param name="failing">What sendfile fails with, and when, as strace understands it; null: nothing.</param>
    private static RunningProgram StartTraced(string path, DistributionServer server, string? failing, string log) =>
        RunningProgram.Start(
            "strace",
            [
                .. (string[])["-f", "-qq", "-e", "trace=sendfile", "-e", "signal=none", "-o", log],
                .. failing is null ? (string[])[] : ["-e", $"inject=sendfile:error={failing}"],
                Repository.Program,
                .. Publish(path, server, $"http://127.0.0.1:{server.Port}"),
            ],
            environment: server.ClientEnvironment
        );

    private async Task<CommandResult> RunTracedAsync(string path, DistributionServer server, string failing)
    {
        string log = _temp.File("strace.log");
        await using RunningProgram client = StartTraced(path, server, failing, log);
        int status = await client.ExitAsync(TimeSpan.FromSeconds(120));
        Assert.Contains(
            "INJECTED",
            await File.ReadAllTextAsync(log, TestContext.Current.CancellationToken),
            StringComparison.Ordinal
        );
        return new CommandResult(status, client.Output, client.Errors);
    }

    private static async Task<long> SentAsync(string log) =>
        SendFile()
            .Matches(await File.ReadAllTextAsync(log, TestContext.Current.CancellationToken))
            .Sum(call => long.Parse(call.Groups["bytes"].ValueSpan, CultureInfo.InvariantCulture));

    private static Task<DistributionServer> StartAsync(params string[] more) =>
        DistributionServer.StartAsync(new ServerSettings { WithEdge = false, MoreArguments = more });

    private static string[] Publish(string path, DistributionServer server, string address) =>
        ["publish", path, "--json", "--server", address, "--api-key", server.ApiKey];

    private async Task<(string Path, string Sha256)> MakeAsync(int lengthBytes)
    {
        var bytes = new byte[lengthBytes];
        new Random(lengthBytes).NextBytes(bytes);
        string path = _temp.File(string.Create(CultureInfo.InvariantCulture, $"film of {lengthBytes}.bin"));
        await File.WriteAllBytesAsync(path, bytes, TestContext.Current.CancellationToken);
        return (path, Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
    }

    [GeneratedRegex(@"\) = (?<bytes>\d+)$", RegexOptions.Multiline)]
    private static partial Regex SendFile();
}
