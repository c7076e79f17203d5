using System.Diagnostics;
using System.Text.Json;
using Distribution.EndToEnd.Tests.Clients;
using Distribution.EndToEnd.Tests.Harness;

namespace Distribution.EndToEnd.Tests.Crashes;

/// <summary>kill -9 in the middle of a download: the viewer finishes, and the report neither loses nor doubles a byte.</summary>
public sealed class SwarmCrashTests
{
    /// <summary>
    /// The report counts what our sockets accepted, the client what it read. Between the two lies, for each connection that a kill or the
    /// client's own end cut, at most what socket buffers hold: 6 MiB to read and 4 MiB to send, by Linux's default limits.
    /// </summary>
    private const long BufferBytes = 10L << 20;

    /// <summary>
    /// What a kill can take from the count, between a socket's answer and the counter: one send of the web seed and one of the edge, neither
    /// more than a send buffer holds.
    /// </summary>
    private const long UncountedBytes = 2L * (4 << 20);

    /// <summary>Longer than the web seed and the edges take to tell what they sent.</summary>
    private static readonly TimeSpan ReportDelay = TimeSpan.FromSeconds(12);

    [Theory]
    [InlineData(Source.WebSeedAndEdge)]
    [InlineData(Source.EdgeAlone)]
    public async Task A_download_outlives_kill_9_and_the_report_keeps_every_byte_once(Source source)
    {
        const int rateBytesPerSecond = 6_000_000;
        TestVideo content = await Videos.OfAsync(80);
        await using DistributionServer server = await DistributionServer.StartAsync();
        PublishedVideo video = await server.PublishAsync(content.Path);
        string torrent = await server.TorrentAsync(video);
        string[] options = ["--download-limit", $"{rateBytesPerSecond}"];
        if (source == Source.EdgeAlone)
            options = [.. options, "--no-web-seeds"];
        await using LibtorrentClient viewer = await LibtorrentClient.StartTorrentAsync(torrent, options);

        long killed = 0;
        var before = new Figures(0, 0);
        foreach (int share in new[] { 4, 2 })
        {
            await viewer.HasBytesAsync(content.SizeBytes / share, TimeSpan.FromSeconds(60));
            await Wait.UntilAsync(
                async () =>
                {
                    Figures now = await ReadAsync(server, video);
                    Assert.True(now.WebSeed >= before.WebSeed && now.Edge >= before.Edge, $"{now} after {before}");
                    before = now;
                    return now.Total > killed;
                },
                TimeSpan.FromSeconds(30),
                "the report shows bytes of this download"
            );
            killed = before.Total;
            await server.Program.KillAsync();
            await server.StartAgainAsync();
            Figures after = await ReadAsync(server, video);
            Assert.True(after.WebSeed >= before.WebSeed && after.Edge >= before.Edge, $"{after} after {before}");
        }

        await viewer.FinishedAsync(TimeSpan.FromSeconds(120));
        JsonElement counts = await viewer.StopAsync();
        await content.AssertSameAsync(Path.Combine(viewer.Folder, video.Name));

        long received = counts.GetProperty("payloadDownloadBytes").GetInt64();
        Assert.True(received >= content.SizeBytes, counts.ToString());
        Figures last = await SettledAsync(server, video);
        TestContext.Current.TestOutputHelper?.WriteLine($"client {received}, report {last}, {last.Total - received} more");
        // Three connections at the most a life of the server: the web seed's two and the edge's one.
        Assert.InRange(last.Total, received - 2 * UncountedBytes, received + 3 * BufferBytes);
        if (source == Source.EdgeAlone)
            Assert.Equal(0, last.WebSeed);
    }

    /// <summary>The figures once they no longer change.</summary>
    private static async Task<Figures> SettledAsync(DistributionServer server, PublishedVideo video)
    {
        Figures last = await ReadAsync(server, video);
        var still = Stopwatch.StartNew();
        await Wait.UntilAsync(
            async () =>
            {
                Figures now = await ReadAsync(server, video);
                if (now != last)
                    still.Restart();
                last = now;
                return still.Elapsed > ReportDelay;
            },
            TimeSpan.FromSeconds(90),
            "the report comes to rest"
        );
        return last;
    }

    private static async Task<Figures> ReadAsync(DistributionServer server, PublishedVideo video)
    {
        JsonElement report = await server.ReportAsync(video.Id);
        return new Figures(report.GetProperty("webSeedBytes").GetInt64(), report.GetProperty("edgeBytes").GetInt64());
    }

    public enum Source
    {
        WebSeedAndEdge,
        EdgeAlone,
    }

    private sealed record Figures(long WebSeed, long Edge)
    {
        public long Total => WebSeed + Edge;
    }
}
