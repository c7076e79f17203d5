using System.Text.Json;
using Distribution.EndToEnd.Tests.Harness;

namespace Distribution.EndToEnd.Tests.Downloads;

/// <summary><c>distribution get</c>: the program as a viewer.</summary>
[Collection(SharedServer.Collection)]
public sealed class GetTests(SharedServer shared) : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_link_of_the_portal_can_be_downloaded_and_the_sources_add_up()
    {
        foreach (string link in new[] { shared.Video.Magnet, shared.Video.TorrentUrl, shared.Video.WatchUrl })
        {
            JsonElement got = (await GetAsync(link, _folder.Sub(Guid.NewGuid().ToString("N")))).Json();
            await shared.Source.AssertSameAsync(Text(got, "path"));
            Assert.Equal(shared.Source.Sha256, Text(got, "sha256"));
            Assert.Equal(
                shared.Source.SizeBytes,
                Bytes(got, "webSeedBytes") + Bytes(got, "edgeBytes") + Bytes(got, "peerBytes")
            );
        }
    }

    [Fact]
    public async Task A_bare_magnet_comes_from_the_edge_alone()
    {
        JsonElement got = (await GetAsync(shared.Video.BareMagnet, _folder.Path)).Json();
        await shared.Source.AssertSameAsync(Text(got, "path"));
        Assert.Equal(shared.Source.SizeBytes, Bytes(got, "edgeBytes"));
    }

    [Fact]
    public async Task A_download_goes_on_from_what_is_there_once_it_is_checked()
    {
        byte[] content = await File.ReadAllBytesAsync(shared.Source.Path, TestContext.Current.CancellationToken);
        content.AsSpan(content.Length / 2).Clear();
        await File.WriteAllBytesAsync(
            _folder.File(shared.Video.Name + ".part"),
            content,
            TestContext.Current.CancellationToken
        );
        JsonElement got = (await GetAsync(shared.Video.TorrentUrl, _folder.Path)).Json();
        await shared.Source.AssertSameAsync(_folder.File(shared.Video.Name));
        Assert.False(File.Exists(_folder.File(shared.Video.Name + ".part")));
        long found = Bytes(got, "foundBytes");
        Assert.InRange(found, content.Length / 2 - (4 << 20), content.Length / 2 + (4 << 20));
        Assert.Equal(
            content.Length - found,
            Bytes(got, "webSeedBytes") + Bytes(got, "edgeBytes") + Bytes(got, "peerBytes")
        );
    }

    [Fact]
    public async Task A_viewer_takes_from_another_one_who_then_leaves_when_told()
    {
        await using DistributionServer server = await DistributionServer.StartAsync(
            new ServerSettings { WithEdge = false }
        );
        PublishedVideo video = await server.PublishAsync(shared.Source.Path);
        string firstFolder = _folder.Sub("first");
        await using RunningProgram first = CommandLine.Start([
            "get",
            video.TorrentUrl,
            "--output",
            firstFolder,
            "--linger",
            "100",
            "--share-limit",
            "3",
            "--json",
        ]);
        await Wait.UntilAsync(
            () => Task.FromResult(File.Exists(Path.Combine(firstFolder, video.Name))),
            TimeSpan.FromSeconds(60),
            "the first viewer has the file"
        );

        CommandResult second = await GetAsync(video.TorrentUrl, _folder.Sub("second"), "--no-web-seed");

        Assert.Equal(video.SizeBytes, Bytes(second.Json(), "peerBytes"));
        await shared.Source.AssertSameAsync(Text(second.Json(), "path"));
        first.Terminate();
        Assert.Equal(0, await first.ExitAsync(TimeSpan.FromSeconds(20)));
        JsonElement gave = JsonDocument.Parse(first.Output).RootElement;
        Assert.Equal(video.SizeBytes, Bytes(gave, "webSeedBytes"));
        Assert.InRange(Bytes(gave, "uploadedBytes"), video.SizeBytes, video.SizeBytes + (4 << 20));
        await Wait.UntilAsync(
            async () =>
            {
                JsonElement report = await server.ReportAsync(video.Id);
                return report.GetProperty("peerBytes").GetProperty("high").GetInt64() == video.SizeBytes
                    && report.GetProperty("webSeedBytes").GetInt64() >= video.SizeBytes;
            },
            TimeSpan.FromSeconds(30),
            "the report shows one copy from peers and one from the web seed"
        );
    }

    [Fact]
    public async Task A_peer_that_sends_garbage_is_dropped_and_the_file_is_right()
    {
        await using var liar = await GarbagePeer.StartAsync(shared.Server, shared.Video);
        JsonElement got = (await GetAsync(shared.Video.BareMagnet, _folder.Path)).Json();
        await shared.Source.AssertSameAsync(Text(got, "path"));
        Assert.Equal(0, Bytes(got, "peerBytes"));
        if (liar.BlocksSent > 0)
            Assert.True(Bytes(got, "wastedBytes") > 0, got.GetRawText());
    }

    [Theory]
    [InlineData("magnet:?dn=nothing")]
    [InlineData("/nowhere/at-all.torrent")]
    [InlineData("http://127.0.0.1:9/x.torrent")]
    public async Task What_cannot_be_downloaded_is_refused_in_one_line(string what)
    {
        CommandResult refused = await CommandLine.RunAsync("get", what, "--output", _folder.Path);
        refused.SingleComplaint(1);
    }

    private static Task<CommandResult> GetAsync(string link, string folder, params string[] more) =>
        CommandLine.RunAsync(["get", link, "--output", folder, "--json", .. more]);

    private static long Bytes(JsonElement got, string name) => got.GetProperty(name).GetInt64();

    private static string Text(JsonElement got, string name) => got.GetProperty(name).GetString()!;
}
