using System.Text.Json;
using Distribution.EndToEnd.Tests.Clients;
using Distribution.EndToEnd.Tests.Harness;

namespace Distribution.EndToEnd.Tests.Crashes;

/// <summary>kill -9 in the middle of an upload loses nothing that was acknowledged.</summary>
public sealed class UploadCrashTests
{
    [Fact]
    public async Task What_was_acknowledged_is_there_after_kill_9_and_the_upload_goes_on()
    {
        const int partBytes = 7_000_001;
        TestVideo source = await Videos.OfAsync(40);
        byte[] content = await File.ReadAllBytesAsync(source.Path, TestContext.Current.CancellationToken);
        await using DistributionServer server = await DistributionServer.StartAsync();
        var tus = new Tus(server);
        Uri location = await tus.CreateAsync("crash.mp4", source.SizeBytes);

        long acknowledged = 0;
        for (int round = 0; round < 3; round++)
        {
            await tus.PatchAsync(location, acknowledged, content.AsMemory((int)acknowledged, partBytes));
            acknowledged += partBytes;
            // The kill comes while a request is half sent.
            using var half = new StallingContent(content.AsMemory((int)acknowledged, partBytes), partBytes / 2);
            Task<HttpResponseMessage> cut = tus.TryPatchAsync(location, acknowledged, half);
            await half.Stalled.WithinAsync(TimeSpan.FromSeconds(30), "half a part is sent");
            await server.Program.KillAsync();
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => cut);
            await server.StartAgainAsync();

            long offset = await tus.OffsetAsync(location);
            Assert.InRange(offset, acknowledged, acknowledged + partBytes);
            acknowledged = offset;
        }

        PublishedVideo video = await tus.FinishAsync(location, source.Path);
        Assert.Equal(source.Sha256, video.Sha256);
        JsonElement torrent = await LibtorrentClient.CheckTorrentAsync(await server.TorrentAsync(video), source.Path);
        Assert.Equal(0, torrent.GetProperty("wrongPieces").GetInt32());
        Assert.Equal(video.InfoHash, torrent.GetProperty("infoHash").GetString());

        // Published is published: a kill right after the answer changes nothing.
        await server.Program.KillAsync();
        await server.StartAgainAsync();
        JsonElement after = await server.GetJsonAsync($"/api/v1/files/{video.Id}");
        Assert.Equal(video, PublishedVideo.Read(after));
    }
}
