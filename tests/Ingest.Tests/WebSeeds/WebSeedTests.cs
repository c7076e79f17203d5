using System.Net;
using System.Net.Http.Headers;
using Distribution.BitTorrent.Metainfo;
using Distribution.Contracts.Files;
using Distribution.Contracts.Ledgers;
using Distribution.Ingest.Tests.Hosting;

namespace Distribution.Ingest.Tests.WebSeeds;

public sealed class WebSeedTests(TestSilo silo) : IAsyncLifetime
{
    private const string Name = "Füße & 100% – \"x\".mp4";

    private readonly TestFolder _folder = new();
    private readonly byte[] _content = Tus.RandomBytes(700_001);
    private IngestServer _server = null!;
    private PublishedFile _file = null!;

    private HttpClient Client => _server.Client;

    private string Link => $"/webseed/{_file.Id}/{Uri.EscapeDataString(_file.Name)}";

    private string PlainLink => $"/download/{_file.Id}/{Uri.EscapeDataString(_file.Name)}";

    public async ValueTask InitializeAsync()
    {
        _server = await IngestServer.StartAsync(silo.Grains, _folder.Path);
        _file = await Tus.PublishAsync(_server.Client, _content, Name.Replace("\"", "", StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("bytes=0-9", 0, 10)]
    [InlineData("bytes=262143-262145", 262_143, 3)]
    [InlineData("bytes=600000-", 600_000, 100_001)]
    [InlineData("bytes=-1", 700_000, 1)]
    [InlineData("bytes=0-99999999999999999999", 0, 700_001)]
    public async Task One_range_is_exactly_that_range(string range, int start, int length)
    {
        using HttpResponseMessage response = await GetAsync(Link, ("Range", range));
        Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
        Assert.Equal($"bytes {start}-{start + length - 1}/700001", response.Content.Headers.ContentRange!.ToString());
        Assert.Equal(length, response.Content.Headers.ContentLength);
        Assert.Equal(_content[start..(start + length)], await response.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("bytes=700001-")]
    [InlineData("bytes=99999999999999999999-")]
    [InlineData("bytes=-0")]
    public async Task Past_the_end_is_416_with_the_size(string range)
    {
        using HttpResponseMessage response = await GetAsync(Link, ("Range", range));
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, response.StatusCode);
        Assert.Equal("bytes */700001", response.Content.Headers.ContentRange!.ToString());
        Assert.Equal(0, response.Content.Headers.ContentLength);
    }

    [Theory]
    [InlineData("bytes=9-2")]
    [InlineData("bytes=0-1,9-2")]
    [InlineData("chunks=1-2")]
    public async Task Senseless_ranges_get_the_whole_file(string range)
    {
        using HttpResponseMessage response = await GetAsync(Link, ("Range", range));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(_content, await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task If_Range_decides_between_the_range_and_the_whole()
    {
        using HttpResponseMessage head = await Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, Link));
        string tag = head.Headers.ETag!.Tag;
        string date = head.Content.Headers.LastModified!.Value.ToString("R", null);
        foreach (string match in new[] { tag, date })
        {
            using HttpResponseMessage hit = await GetAsync(Link, ("Range", "bytes=1-2"), ("If-Range", match));
            Assert.Equal(HttpStatusCode.PartialContent, hit.StatusCode);
        }
        foreach (string other in new[] { "\"other\"", $"W/{tag}", "Thu, 01 Jan 1970 00:00:00 GMT" })
        {
            using HttpResponseMessage miss = await GetAsync(Link, ("Range", "bytes=1-2"), ("If-Range", other));
            Assert.Equal(HttpStatusCode.OK, miss.StatusCode);
            Assert.Equal(700_001, miss.Content.Headers.ContentLength);
        }
        using HttpResponseMessage known = await GetAsync(Link, ("If-None-Match", $"\"x\", W/{tag}"));
        Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);
    }

    [Fact]
    public async Task Head_tells_what_get_would_and_sends_nothing()
    {
        using HttpResponseMessage response = await Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, Link));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(700_001, response.Content.Headers.ContentLength);
        Assert.Equal("bytes", response.Headers.AcceptRanges.Single());
        Assert.Equal($"\"{_file.Content!.Sha256}\"", response.Headers.ETag!.Tag);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
        Assert.Equal(0, RecordedLedger.Total(_file.Content.InfoHash.ToString(), SendKind.WebSeed));
    }

    [Fact]
    public async Task Plain_link_is_a_download_with_its_name_and_may_be_shown_inline()
    {
        using HttpResponseMessage response = await GetAsync(PlainLink);
        Assert.Equal(_content, await response.Content.ReadAsByteArrayAsync());
        Assert.Equal("video/mp4", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        ContentDispositionHeaderValue disposition = response.Content.Headers.ContentDisposition!;
        Assert.Equal("attachment", disposition.DispositionType);
        Assert.Equal(_file.Name, disposition.FileNameStar);
        using HttpResponseMessage inline = await GetAsync(PlainLink + "?inline");
        Assert.Equal("inline", inline.Content.Headers.ContentDisposition!.DispositionType);
    }

    [Fact]
    public async Task Page_is_never_shown_in_our_name()
    {
        using var created = await Tus.CreateAsync(Client, 4, Tus.Metadata("x.html", "text/html"));
        string id = created.Headers.Location!.ToString().Split('/')[^1];
        (await Tus.PatchAsync(Client, id, 0, "<b/>"u8.ToArray())).Dispose();
        using HttpResponseMessage response = await GetAsync($"/download/{id}/x.html?inline");
        Assert.Equal("application/octet-stream", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("attachment", response.Content.Headers.ContentDisposition!.DispositionType);
    }

    [Fact]
    public async Task Scripts_of_other_sites_may_read_ranges()
    {
        using HttpResponseMessage response = await GetAsync(
            PlainLink,
            ("Origin", "https://x.example"),
            ("Range", "bytes=0-0")
        );
        Assert.Equal("*", response.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Contains(
            "Content-Range",
            response.Headers.GetValues("Access-Control-Expose-Headers").Single(),
            StringComparison.Ordinal
        );
        var preflight = new HttpRequestMessage(HttpMethod.Options, PlainLink);
        preflight.Headers.Add("Origin", "https://x.example");
        preflight.Headers.Add("Access-Control-Request-Headers", "range");
        using HttpResponseMessage allowed = await Client.SendAsync(preflight);
        Assert.Equal(HttpStatusCode.NoContent, allowed.StatusCode);
        Assert.Contains(
            "Range",
            allowed.Headers.GetValues("Access-Control-Allow-Headers").Single(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Wrong_name_or_id_is_not_found_and_an_upload_not_yet()
    {
        string uploading = await Tus.CreatedAsync(Client, 10);
        foreach (
            string link in new[]
            {
                $"/webseed/{_file.Id}/other.mp4",
                $"/download/{_file.Id}/{Uri.EscapeDataString(_file.Name.ToUpperInvariant())}",
                $"/webseed/{new string('0', 32)}/{Uri.EscapeDataString(_file.Name)}",
                "/webseed/..%2f..%2f/data",
                $"/webseed/{uploading}/film.mp4",
                $"/torrents/{uploading}.torrent",
            }
        )
        {
            using HttpResponseMessage response = await GetAsync(link);
            await Tus.AssertProblemAsync(response, 404, "unknown-file");
        }
    }

    [Fact]
    public async Task Takedown_is_felt_within_the_promised_second()
    {
        (await GetAsync(Link)).Dispose();
        await silo.Grains.GetGrain<IPublishedFileGrain>(_file.Id).UnpublishAsync();
        // The promise is a bound on staleness, so the test lets that time pass.
        await Task.Delay(Ingest.WebSeeds.ServedFiles.Freshness + TimeSpan.FromMilliseconds(50));
        foreach (string link in new[] { Link, PlainLink, $"/torrents/{_file.Id}.torrent" })
        {
            using HttpResponseMessage response = await GetAsync(link);
            await Tus.AssertProblemAsync(response, 410, "unpublished-file");
        }
    }

    [Fact]
    public async Task Torrent_names_todays_links()
    {
        using HttpResponseMessage response = await GetAsync($"/torrents/{_file.Id}.torrent");
        Assert.Equal("application/x-bittorrent", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(_file.Name + ".torrent", response.Content.Headers.ContentDisposition!.FileNameStar);
        Assert.True(
            MetainfoFile.TryParse(await response.Content.ReadAsByteArrayAsync(), out MetainfoFile? metainfo, out _)
        );
        Assert.Equal(_file.Content!.InfoHash, metainfo!.Info.InfoHash);
        Assert.Equal(_file.Name, metainfo.Info.Name);
        Assert.Equal(IngestServer.PublicBase + Link, metainfo.WebSeeds.Single());
    }

    private async Task<HttpResponseMessage> GetAsync(string link, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, link);
        foreach ((string name, string value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await Client.SendAsync(request);
    }
}
