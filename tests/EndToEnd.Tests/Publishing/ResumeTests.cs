using System.Globalization;
using Distribution.EndToEnd.Tests.Clients;
using Distribution.EndToEnd.Tests.Harness;

namespace Distribution.EndToEnd.Tests.Publishing;

/// <summary>`publish` goes on where it was, whatever was lost.</summary>
public sealed class ResumeTests
{
    private const double UplinkBytesPerSecond = 30e6;

    /// <summary>What a server that is killed may have taken and not yet made durable; a lost connection costs nothing near that.</summary>
    private const long CheckpointBytes = 32 << 20;

    [Theory]
    [InlineData(Loss.Connection)]
    [InlineData(Loss.Server)]
    [InlineData(Loss.Client)]
    public async Task An_upload_survives_the_loss_of(Loss loss)
    {
        TestVideo source = await Videos.OfAsync(80);
        int proxyPort = Ports.Free();
        await using DistributionServer server = await DistributionServer.StartAsync(
            new ServerSettings
            {
                MoreArguments =
                [
                    "--public-host",
                    string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{proxyPort}"),
                ],
            }
        );
        await using var proxy = new ThrottlingProxy(proxyPort, server.Port, UplinkBytesPerSecond);
        string[] publish =
        [
            "publish",
            source.Path,
            "--json",
            "--server",
            $"http://127.0.0.1:{proxyPort}",
            "--api-key",
            server.ApiKey,
        ];

        RunningProgram client = CommandLine.Start(publish, server.ClientEnvironment);
        try
        {
            await Wait.UntilAsync(
                () => Task.FromResult(proxy.BytesToServer > source.SizeBytes * 6 / 10 || client.HasExited),
                TimeSpan.FromSeconds(60),
                "more than half of the upload is sent"
            );
            Assert.False(client.HasExited, client.Transcript());
            switch (loss)
            {
                case Loss.Connection:
                    proxy.CutAll();
                    break;
                case Loss.Server:
                    await server.Program.KillAsync();
                    await server.StartAgainAsync();
                    break;
                default:
                    await client.DisposeAsync();
                    client = CommandLine.Start(publish, server.ClientEnvironment);
                    break;
            }
            int status = await client.ExitAsync(TimeSpan.FromSeconds(90));
            var result = new CommandResult(status, client.Output, client.Errors);
            PublishedVideo video = PublishedVideo.Read(result.Json());

            Assert.Equal(source.Sha256, video.Sha256);
            string torrent = await server.TorrentAsync(video);
            Assert.Equal(
                0,
                (await LibtorrentClient.CheckTorrentAsync(torrent, source.Path)).GetProperty("wrongPieces").GetInt32()
            );
            // An upload that started over would have moved sixteen tenths.
            long again = loss == Loss.Server ? CheckpointBytes + (4 << 20) : 8 << 20;
            Assert.InRange(proxy.BytesToServer, source.SizeBytes, source.SizeBytes + again);
            Assert.True(again < source.SizeBytes * 6 / 10);
            Assert.Single((await server.RunAsync("ls", "--json")).Json().GetProperty("items").EnumerateArray());
        }
        finally
        {
            await client.DisposeAsync();
        }
    }

    public enum Loss
    {
        Connection,
        Server,
        Client,
    }
}
