using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Distribution.BitTorrent.Metainfo;
using Distribution.Contracts.Ledgers;
using Distribution.Ingest.Tests.Hosting;

namespace Distribution.Ingest.Tests.WebSeeds;

/// <summary>A published folder: its files at "id/name/path" (BEP 19), and what its torrent pads them with (BEP 47).</summary>
public sealed class FolderSeedTests(TestSilo silo) : IAsyncLifetime
{
    private const string Name = "Série & 100%";
    private const int PieceLength = 1 << 16;

    private static readonly (string Path, int Size)[] Files =
    [
        ("a.txt", 10),
        ("Füße/b #1.mp4", 200_000),
        ("Füße/c%2Fd.bin", PieceLength),
        ("empty", 0),
        ("z.bin", 70_001),
    ];

    private readonly TestFolder _folder = new();
    private readonly byte[] _content = Tus.RandomBytes(Files.Sum(file => file.Size));
    private IngestServer _server = null!;
    private string _id = "";

    private HttpClient Client => _server.Client;

    public async ValueTask InitializeAsync()
    {
        _server = await IngestServer.StartAsync(silo.Grains, _folder.Path);
        using HttpResponseMessage made = await Client.PostAsJsonAsync(
            "/api/v1/folders",
            new
            {
                name = Name,
                pieceLength = PieceLength,
                files = Files.Select(file => new { path = file.Path, size = file.Size }),
            }
        );
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        _id = made.Headers.Location!.ToString().Split('/')[^1];
        (await Tus.PatchAsync(Client, _id, 0, _content)).EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("webseed")]
    [InlineData("download")]
    public async Task Every_path_of_the_torrent_has_its_bytes(string route)
    {
        TorrentInfo info = await ReadTorrentAsync();
        var tags = new HashSet<string>();
        int paddings = 0;
        foreach (TorrentFileEntry entry in info.Files)
        {
            using HttpResponseMessage response = await GetAsync(Link(route, string.Join('/', entry.Path)));
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal(entry.LengthBytes, response.Content.Headers.ContentLength);
            byte[] body = await response.Content.ReadAsByteArrayAsync();
            Assert.Equal(entry.IsPadding ? new byte[entry.LengthBytes] : BytesOf(string.Join('/', entry.Path)), body);
            paddings += entry.IsPadding ? 1 : 0;
            tags.Add(response.Headers.ETag!.ToString());
        }
        Assert.Equal(3, paddings);
        Assert.Equal(info.Files.Count, tags.Count);
    }

    [Fact]
    public async Task The_plain_link_of_the_folder_lists_its_files_and_leads_to_each()
    {
        string folder = $"/download/{_id}/{Uri.EscapeDataString(Name)}";
        string page = await Client.GetStringAsync(folder + "/");
        Assert.Contains("<h1>S&#233;rie &amp; 100%</h1>", page, StringComparison.Ordinal);
        string[] links = [.. Regex.Matches(page, "href=\"([^\"]+)\"").Select(match => match.Groups[1].Value)];
        Assert.Equal(Files.Length, links.Length);
        foreach ((string path, int size) in Files)
        {
            string link = Assert.Single(
                links,
                link => Uri.UnescapeDataString(link).EndsWith($"/{path}", StringComparison.Ordinal)
            );
            Assert.Equal(BytesOf(path), await Client.GetByteArrayAsync(link));
            Assert.Contains($"{size:N0} bytes", page, StringComparison.Ordinal);
        }
        Assert.Equal(page, await Client.GetStringAsync(folder));
        using var head = new HttpRequestMessage(HttpMethod.Head, folder);
        using HttpResponseMessage told = await Client.SendAsync(head);
        Assert.Equal(System.Text.Encoding.UTF8.GetByteCount(page), told.Content.Headers.ContentLength);
        Assert.Contains(
            "default-src 'none'",
            told.Headers.GetValues("Content-Security-Policy").Single(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Ranges_are_of_the_file_not_of_the_folder()
    {
        byte[] file = BytesOf("z.bin");
        using HttpResponseMessage one = await GetAsync(Link("webseed", "z.bin"), "bytes=69990-");
        Assert.Equal("bytes 69990-70000/70001", one.Content.Headers.ContentRange!.ToString());
        Assert.Equal(file[69_990..], await one.Content.ReadAsByteArrayAsync());
        using HttpResponseMessage several = await GetAsync(Link("webseed", "z.bin"), "bytes=0-9,60000-60009");
        byte[] body = await several.Content.ReadAsByteArrayAsync();
        Assert.True(body.AsSpan().IndexOf(file.AsSpan(0, 10)) > 0);
        Assert.True(body.AsSpan().IndexOf(file.AsSpan(60_000, 10)) > 0);
        using HttpResponseMessage past = await GetAsync(Link("webseed", "z.bin"), "bytes=70001-");
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, past.StatusCode);
        using HttpResponseMessage empty = await GetAsync(Link("webseed", "empty"), "bytes=0-");
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, empty.StatusCode);
    }

    [Fact]
    public async Task Files_have_their_own_types_and_names()
    {
        using HttpResponseMessage film = await GetAsync(Link("download", "Füße/b #1.mp4"));
        Assert.Equal("video/mp4", film.Content.Headers.ContentType!.MediaType);
        Assert.Equal("b #1.mp4", film.Content.Headers.ContentDisposition!.FileNameStar);
        using HttpResponseMessage text = await GetAsync(Link("download", "a.txt") + "?inline");
        Assert.Equal("application/octet-stream", text.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task Nothing_else_is_found()
    {
        string name = Uri.EscapeDataString(Name);
        foreach (
            string path in new[]
            {
                "",
                name,
                $"{name}/",
                $"{name}/b",
                $"{name}/A.TXT",
                $"{name}//a.txt",
                $"{name}/a.txt/",
                $"{name}/F%C3%BC%C3%9Fe",
                $"{name}/F%C3%BC%C3%9Fe/c/d.bin",
                $"{name}%2Fa.txt",
                "a.txt",
                $"{name}/../a.txt",
                $"{name}/%2e%2e/{name}/../a.txt",
                $"{name}/..%2f..%2fdata",
                $"{name}/..%5c..%5cdata",
                "../../../../etc/passwd",
                $"{name}/.pad/1",
                $"{name}/.pad/0",
                $"{name}/.pad/",
                $"{name}/.pad/065526",
                $"{name}/.pad/+65526",
                $"{name}/.pad/{PieceLength}",
                $"{name}/.pad/99999999999999999999",
            }
        )
        {
            // Sent as it stands here: a client's own Uri would tidy it up.
            using RawHttp raw = await RawHttp.ConnectAsync(_server.Address);
            await raw.GetAsync($"/webseed/{_id}/{path}");
            Assert.StartsWith("HTTP/1.1 404", (await raw.ReadHeadAsync())[0], StringComparison.Ordinal);
        }
        using HttpResponseMessage padding = await GetAsync(Link("webseed", ".pad/65526"));
        Assert.Equal(HttpStatusCode.OK, padding.StatusCode);
    }

    [Fact]
    public async Task Bytes_of_all_files_and_paddings_count_for_the_folder()
    {
        TorrentInfo info = await ReadTorrentAsync();
        foreach (TorrentFileEntry entry in info.Files)
            (await GetAsync(Link("webseed", string.Join('/', entry.Path)))).Dispose();
        long sent = info.Files.Sum(entry => entry.LengthBytes);
        Assert.Equal(0, sent % PieceLength);
        await RecordedLedger.WhenTotalAsync(info.InfoHash.ToString(), SendKind.WebSeed, sent);
    }

    private async Task<TorrentInfo> ReadTorrentAsync()
    {
        byte[] torrent = await Client.GetByteArrayAsync($"/torrents/{_id}.torrent");
        Assert.True(MetainfoFile.TryParse(torrent, out MetainfoFile? metainfo, out _));
        Assert.EndsWith($"/webseed/{_id}/", metainfo!.WebSeeds.Single(), StringComparison.Ordinal);
        return metainfo.Info;
    }

    private string Link(string route, string path) =>
        $"/{route}/{_id}/{Uri.EscapeDataString(Name)}/{string.Join('/', path.Split('/').Select(Uri.EscapeDataString))}";

    private byte[] BytesOf(string path)
    {
        int start = 0;
        foreach ((string name, int size) in Files)
        {
            if (name == path)
                return _content[start..(start + size)];
            start += size;
        }
        throw new ArgumentException($"There is no {path}.", nameof(path));
    }

    private async Task<HttpResponseMessage> GetAsync(string link, string? range = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, link);
        if (range is not null)
            request.Headers.TryAddWithoutValidation("Range", range);
        return await Client.SendAsync(request);
    }
}
