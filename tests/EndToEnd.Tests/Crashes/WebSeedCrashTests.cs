using Distribution.EndToEnd.Tests.Harness;

namespace Distribution.EndToEnd.Tests.Crashes;

/// <summary>kill -9 while the web seed sends: the reader goes on where it was, and the report neither loses nor doubles a byte.</summary>
public sealed class WebSeedCrashTests
{
    private const int Kills = 3;

    /// <summary>What a kill can take from the count: one send of the connection, between the socket's answer and the counter.</summary>
    private const long UncountedBytes = 128 << 10;

    /// <summary>What it can add: bytes that sockets held and that the reader never saw, by Linux's default limits.</summary>
    private const long BufferBytes = 10L << 20;

    [Fact]
    public async Task The_report_counts_what_a_resuming_reader_got()
    {
        Requires.Program("curl");
        TestVideo content = await Videos.OfAsync(80);
        using var folder = new TempFolder();
        string file = folder.File("got.mp4");
        await using DistributionServer server = await DistributionServer.StartAsync(
            new ServerSettings { WithEdge = false }
        );
        PublishedVideo video = await server.PublishAsync(content.Path);

        var before = new SentFigures(0, 0);
        for (int kill = 1; kill <= Kills; kill++)
        {
            await using RunningProgram reader = Read(video, file);
            long wanted = content.SizeBytes * kill / (Kills + 1);
            await Wait.UntilAsync(
                () => Task.FromResult(File.Exists(file) && new FileInfo(file).Length >= wanted),
                TimeSpan.FromSeconds(60),
                $"curl has {wanted} bytes"
            );
            SentFigures now = await SentFigures.ReadAsync(server, video);
            now.AssertNotBelow(before);
            before = now;
            await server.Program.KillAsync();
            Assert.NotEqual(0, await reader.ExitAsync(TimeSpan.FromSeconds(30)));
            await server.StartAgainAsync();
            (await SentFigures.ReadAsync(server, video)).AssertNotBelow(before);
        }
        await using RunningProgram last = Read(video, file);
        Assert.Equal(0, await last.ExitAsync(TimeSpan.FromSeconds(90)));

        await content.AssertSameAsync(file);
        SentFigures settled = await SentFigures.SettledAsync(server, video);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"curl {content.SizeBytes}, report {settled}, {settled.Total - content.SizeBytes} more"
        );
        Assert.InRange(
            settled.WebSeed,
            content.SizeBytes - Kills * UncountedBytes,
            content.SizeBytes + Kills * BufferBytes
        );
        Assert.Equal(0, settled.Edge);
    }

    private static RunningProgram Read(PublishedVideo video, string file) =>
        RunningProgram.Start(
            "curl",
            new[] { "--silent", "--show-error", "--fail", "--limit-rate", "10M" }.Concat([
                "--continue-at",
                "-",
                "--output",
                file,
                video.WebSeedUrl,
            ])
        );
}
