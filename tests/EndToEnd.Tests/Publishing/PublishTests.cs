using System.Security.Cryptography;
using System.Text.Json;
using Distribution.EndToEnd.Tests.Clients;
using Distribution.EndToEnd.Tests.Harness;

namespace Distribution.EndToEnd.Tests.Publishing;

/// <summary>The command line against a real server: from a file to its links and back.</summary>
public sealed class PublishTests
{
    [Fact]
    public async Task A_video_of_300_MB_becomes_a_magnet_that_describes_it_exactly()
    {
        TestVideo source = await Videos.OfAsync(310);
        await using DistributionServer server = await DistributionServer.StartAsync();

        CommandResult published = await server.RunAsync("publish", source.Path);

        Assert.True(published.Status == 0, published.ToString());
        // Standard error is no terminal here: no progress is drawn.
        Assert.Equal("", published.Errors);
        string[] lines = published.Output.Split('\n');
        string magnet = Assert.Single(lines, line => line.StartsWith("magnet ", StringComparison.Ordinal));
        Assert.Single(lines, line => line.StartsWith("torrent ", StringComparison.Ordinal));
        Assert.Single(lines, line => line.StartsWith("watch ", StringComparison.Ordinal));

        JsonElement listed = Assert.Single(
            (await server.RunAsync("ls", "--json")).Json().GetProperty("items").EnumerateArray()
        );
        PublishedVideo video = PublishedVideo.Read(listed);
        Assert.EndsWith(video.Magnet, magnet, StringComparison.Ordinal);
        Assert.Equal(source.Sha256, video.Sha256);
        Assert.Equal(source.SizeBytes, video.SizeBytes);
        JsonElement torrent = await LibtorrentClient.CheckTorrentAsync(await server.TorrentAsync(video), source.Path);
        Assert.Equal(0, torrent.GetProperty("wrongPieces").GetInt32());
        Assert.Equal(video.InfoHash, torrent.GetProperty("infoHash").GetString());
        Assert.Equal(video.Name, torrent.GetProperty("name").GetString());
        Assert.True(torrent.GetProperty("private").GetBoolean());
        Assert.Equal(video.WebSeedUrl, Assert.Single(torrent.GetProperty("webSeeds").EnumerateArray()).GetString());
    }

    [Fact]
    public async Task A_file_goes_through_ls_show_report_and_unpublish()
    {
        TestVideo source = await Videos.OfAsync(8);
        await using DistributionServer server = await DistributionServer.StartAsync();
        CommandResult published = await server.RunAsync("publish", source.Path, "--title", "A [first] video", "--json");
        PublishedVideo video = PublishedVideo.Read(published.Json());

        using var temp = new TempFolder();
        await File.WriteAllTextAsync(temp.File("cut.txt"), "The second cut.", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(temp.Sub("cuts") + "/a.txt", "The third.", TestContext.Current.CancellationToken);
        foreach (string next in new[] { "cut.txt", "cuts" })
        {
            PublishedVideo version = PublishedVideo.Read(
                (await server.RunAsync("publish", temp.File(next), "--replaces", video.Id, "--json")).Json()
            );
            JsonElement versions = await server.GetJsonAsync($"/api/v1/files/{video.Id}/versions");
            Assert.Equal(version.Id, versions.GetProperty("currentId").GetString());
        }
        Assert.Equal(1, (await server.RunAsync("publish", temp.File("cut.txt"), "--replaces", "nobody")).Status);

        Assert.Contains(video.Id, (await server.RunAsync("ls")).Output, StringComparison.Ordinal);
        Assert.Contains("A [first] video", (await server.RunAsync("ls")).Output, StringComparison.Ordinal);

        JsonElement shown = (await server.RunAsync("show", video.Id, "--json")).Json();
        Assert.Equal("A [first] video", shown.GetProperty("title").GetString());
        Assert.True(shown.GetProperty("swarm").TryGetProperty("seeders", out _), shown.ToString());
        Assert.Contains(video.Magnet, (await server.RunAsync("show", video.Id)).Output, StringComparison.Ordinal);

        // A plain download is a delivery by our own server: it must come up in the report, to the byte.
        byte[] bytes = await server.Http.GetByteArrayAsync(video.DownloadUrl, TestContext.Current.CancellationToken);
        Assert.Equal(source.Sha256, Convert.ToHexStringLower(SHA256.HashData(bytes)));
        await Wait.UntilAsync(
            async () =>
                (await server.RunAsync("report", "--file", video.Id, "--json"))
                    .Json()
                    .GetProperty("webSeedBytes")
                    .GetInt64() == source.SizeBytes,
            TimeSpan.FromSeconds(60),
            "the report shows the plain download to the byte"
        );
        JsonElement report = (await server.RunAsync("report", "--file", video.Id, "--bucket", "hour", "--json")).Json();
        Assert.Equal(source.SizeBytes, report.GetProperty("delivered").GetProperty("low").GetInt64());
        Assert.Equal(0, report.GetProperty("peerBytes").GetProperty("high").GetInt64());
        Assert.NotEmpty(report.GetProperty("buckets").EnumerateArray());
        Assert.Equal("USD", report.GetProperty("currency").GetString());
        CommandResult table = await server.RunAsync("report");
        Assert.True(table.Status == 0, table.ToString());
        Assert.Contains("delivered to viewers", table.Output, StringComparison.Ordinal);
        CommandResult csv = await server.RunAsync("report", "--csv");
        Assert.True(
            csv.Status == 0 && csv.Output.Split('\n')[0].Contains(',', StringComparison.Ordinal),
            csv.ToString()
        );

        JsonElement gone = (await server.RunAsync("unpublish", video.Id, "--json")).Json();
        Assert.Equal("unpublished", gone.GetProperty("state").GetString());
        foreach (string link in new[] { video.TorrentUrl, video.WebSeedUrl, video.DownloadUrl })
        {
            // Whoever asked within the last second, as an edge does, is remembered for that second.
            await Wait.UntilAsync(
                async () =>
                {
                    using HttpResponseMessage closed = await server.Http.GetAsync(
                        link,
                        TestContext.Current.CancellationToken
                    );
                    return !closed.IsSuccessStatusCode;
                },
                TimeSpan.FromSeconds(10),
                $"{link} no longer answers"
            );
        }
    }

    [Fact]
    public async Task Each_failure_is_one_clear_line()
    {
        await using DistributionServer server = await DistributionServer.StartAsync();
        string address = server.Url.GetLeftPart(UriPartial.Authority);

        CommandResult unknown = await server.RunAsync("show", "no-such-file");
        Assert.Contains("no-such-file", unknown.SingleComplaint(1), StringComparison.Ordinal);
        CommandResult gone = await server.RunAsync("unpublish", "no-such-file");
        Assert.Contains("no-such-file", gone.SingleComplaint(1), StringComparison.Ordinal);
        CommandResult unreported = await server.RunAsync("report", "--file", "no-such-file");
        Assert.Contains("no-such-file", unreported.SingleComplaint(1), StringComparison.Ordinal);

        CommandResult refused = await CommandLine.RunAsync("ls", "--server", address, "--api-key", "wrong");
        Assert.Contains("API key", refused.SingleComplaint(1), StringComparison.Ordinal);
        CommandResult keyless = await CommandLine.RunAsync("ls", "--server", address, "--data", "/nowhere");
        Assert.Contains("/nowhere", keyless.SingleComplaint(1), StringComparison.Ordinal);
        CommandResult missing = await server.RunAsync("publish", "/no/such/file.mp4");
        Assert.Contains("/no/such/file.mp4", missing.SingleComplaint(1), StringComparison.Ordinal);

        string dead = $"http://127.0.0.1:{Ports.Free()}";
        CommandResult silent = await CommandLine.RunAsync("ls", "--server", dead, "--api-key", "any");
        Assert.Contains(dead, silent.SingleComplaint(1), StringComparison.Ordinal);
        CommandResult unsent = await CommandLine.RunAsync(
            ["publish", Repository.Program, "--server", dead, "--api-key", "any"],
            server.ClientEnvironment
        );
        Assert.Contains(dead, unsent.SingleComplaint(1), StringComparison.Ordinal);

        (await CommandLine.RunAsync("ls", "--no-such-option")).SingleComplaint(2);
        (await CommandLine.RunAsync("no-such-command")).SingleComplaint(2);
        (await CommandLine.RunAsync("report", "--csv", "--json")).SingleComplaint(2);
    }
}
