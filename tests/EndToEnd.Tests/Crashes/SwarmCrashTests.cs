using System.Text.Json;
using Distribution.EndToEnd.Tests.Clients;
using Distribution.EndToEnd.Tests.Harness;

namespace Distribution.EndToEnd.Tests.Crashes;

/// <summary>kill -9 in the middle of a download: the viewer finishes, and the report neither loses nor doubles a byte.</summary>
public sealed class SwarmCrashTests
{
    /// <summary>
    /// The report counts what our sockets accepted, the client what it read. Between the two lies, for each connection that a kill cut, at most what socket buffers hold: 6 MiB to read and 4 MiB to send, by Linux's default limits.
    /// </summary>
    private const long BufferBytes = 10L << 20;

    /// <summary>
    /// What a kill can take from the count, between a socket's answer and the counter: one turn of the edge.
    /// </summary>
    private const long UncountedBytes = 1 << 20;

    /// <summary>
    /// From peers alone: once in some ten runs, libtorrent 2.0.8 failed a piece after a killed web seed came back, and banned it. Its 2.0.9
    /// names a fix that fits ("fix issue with web seed connections when they close and re-open"), but the fault was not reproduced, here or
    /// against a plain file server, so its cause is open. <see cref="WebSeedCrashTests"/> holds the web seed's count under curl.
    /// </summary>
    [Fact]
    public async Task A_download_outlives_kill_9_and_the_report_keeps_every_byte_once()
    {
        const int rateBytesPerSecond = 6_000_000;
        TestVideo content = await Videos.OfAsync(80);
        await using DistributionServer server = await DistributionServer.StartAsync();
        PublishedVideo video = await server.PublishAsync(content.Path);
        string torrent = await server.TorrentAsync(video);
        await using LibtorrentClient viewer = await LibtorrentClient.StartTorrentAsync(
            torrent,
            "--no-web-seeds",
            "--download-limit",
            $"{rateBytesPerSecond}"
        );

        long killed = 0;
        var before = new SentFigures(0, 0);
        foreach (int share in new[] { 4, 2 })
        {
            await viewer.HasBytesAsync(content.SizeBytes / share, TimeSpan.FromSeconds(60));
            await Wait.UntilAsync(
                async () =>
                {
                    SentFigures now = await SentFigures.ReadAsync(server, video);
                    now.AssertNotBelow(before);
                    before = now;
                    return now.Total > killed;
                },
                TimeSpan.FromSeconds(30),
                "the report shows bytes of this download"
            );
            killed = before.Total;
            await server.Program.KillAsync();
            await server.StartAgainAsync();
            SentFigures after = await SentFigures.ReadAsync(server, video);
            after.AssertNotBelow(before);
        }

        await viewer.FinishedAsync(TimeSpan.FromSeconds(120));
        JsonElement counts = await viewer.StopAsync();
        await content.AssertSameAsync(Path.Combine(viewer.Folder, video.Name));

        long received = counts.GetProperty("payloadDownloadBytes").GetInt64();
        Assert.True(received >= content.SizeBytes, counts.ToString());
        SentFigures last = await SentFigures.SettledAsync(server, video);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"client {received}, report {last}, {last.Total - received} more"
        );
        Assert.InRange(last.Edge, received - 2 * UncountedBytes, received + 2 * BufferBytes);
        Assert.Equal(0, last.WebSeed);
    }
}
