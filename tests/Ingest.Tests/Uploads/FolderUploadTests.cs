using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Distribution.Contracts.Files;
using Distribution.Ingest.Contents;
using Distribution.Ingest.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Distribution.Ingest.Tests.Uploads;

/// <summary>`POST /api/v1/folders`, and what a publisher may ask of the torrent.</summary>
public sealed class FolderUploadTests(TestSilo silo) : IAsyncLifetime
{
    private const string Folders = "/api/v1/folders";

    private readonly TestFolder _folder = new();
    private IngestServer _server = null!;

    private HttpClient Client => _server.Client;

    public async ValueTask InitializeAsync() => _server = await IngestServer.StartAsync(silo.Grains, _folder.Path);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Folder_becomes_an_upload_of_all_its_bytes()
    {
        using HttpResponseMessage response = await CreateAsync(
            """
            {"name":"Serie","title":"Die Serie","format":"hybrid","pieceLength":65536,
             "files":[{"path":"Staffel 1/b.mp4","size":600},{"path":"a.txt","size":0},{"path":"c","size":400}]}
            """
        );
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        JsonElement answer = await response.Content.ReadFromJsonAsync<JsonElement>();
        string id = answer.GetProperty("id").GetString()!;
        Assert.Equal($"{Tus.Root}/{id}", answer.GetProperty("uploadUrl").GetString());
        Assert.Equal($"{Tus.Root}/{id}", response.Headers.Location!.ToString());
        Assert.Equal(1000, answer.GetProperty("sizeBytes").GetInt64());

        PublishedFile record = FileRecords.Find(id)!;
        Assert.Equal(
            ("Serie", "Die Serie", 1000, 3, TorrentFormat.Hybrid),
            (record.Name, record.Title, record.SizeBytes, record.FolderFileCount, record.Format)
        );
        ContentManifest manifest = await ManifestAsync(id);
        Assert.Equal(65536, manifest.PieceLengthBytes);
        Assert.Equal([new("Staffel 1/b.mp4", 600), new("a.txt", 0), new("c", 400)], manifest.Files!);

        Assert.Equal(0, await Tus.OffsetAsync(Client, id));
        using HttpResponseMessage patch = await Tus.PatchAsync(Client, id, 0, Tus.RandomBytes(999));
        Assert.Equal(999, Tus.OffsetOf(patch));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"name":"a"}""")]
    [InlineData("""{"name":"a","files":null}""")]
    [InlineData("""{"name":null,"files":[{"path":"b","size":1}]}""")]
    [InlineData("""{"name":"a","files":[{"path":null,"size":1}]}""")]
    [InlineData("""{"name":"a","files":[{"path":"b"}]}""")]
    [InlineData("""{"name":"a","files":[{"path":"b","size":"1"}]}""")]
    [InlineData("""{"name":"a","files":[{"path":"b","size":1.5}]}""")]
    [InlineData("""{"name":"a","files":[{"path":"b","size":99999999999999999999}]}""")]
    [InlineData("""{"name":"a","files":[{"path":"b","size":1}],"titel":"x"}""")]
    public async Task Bodies_that_are_no_folder_are_refused(string json)
    {
        using HttpResponseMessage response = await CreateAsync(json);
        await Tus.AssertProblemAsync(response, 400, "invalid-request");
    }

    [Theory]
    [InlineData("""{"name":"../a","files":[{"path":"b","size":1}]}""", "invalid-name")]
    [InlineData("""{"name":"a","title":"x\u0001","files":[{"path":"b","size":1}]}""", "invalid-metadata")]
    [InlineData("""{"name":"a","format":"v2","files":[{"path":"b","size":1}]}""", "invalid-metadata")]
    [InlineData("""{"name":"a","pieceLength":20000,"files":[{"path":"b","size":1}]}""", "invalid-metadata")]
    [InlineData("""{"name":"a","files":[]}""", "invalid-folder")]
    [InlineData("""{"name":"a","files":[{"path":"b/../../c","size":1}]}""", "invalid-folder")]
    public async Task Folders_that_cannot_be_shared_are_refused(string json, string slug)
    {
        using HttpResponseMessage response = await CreateAsync(json);
        await Tus.AssertProblemAsync(response, 400, slug);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(_folder.Path, "content", "uploads")));
    }

    [Fact]
    public async Task Other_types_longer_bodies_larger_folders_and_strangers_are_refused()
    {
        const string json = """{"name":"a","files":[{"path":"b","size":1}]}""";
        using HttpResponseMessage form = await Client.PostAsync(Folders, new StringContent(json, Encoding.UTF8));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, form.StatusCode);
        using HttpResponseMessage untyped = await Client.PostAsync(Folders, new ByteArrayContent("{}"u8.ToArray()));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, untyped.StatusCode);
        using HttpResponseMessage large = await CreateAsync(
            """{"name":"a","files":[{"path":"b","size":999999999999},{"path":"c","size":2}]}"""
        );
        await Tus.AssertProblemAsync(large, 413, "upload-too-large");
        using RawHttp raw = await RawHttp.ConnectAsync(_server.Address);
        await raw.SendAsync(
            $"POST {Folders} HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {TestKeys.Publisher}\r\n"
                + "Content-Type: application/json\r\nContent-Length: 99999999\r\n\r\n"
        );
        Assert.Contains("413", (await raw.ReadHeadAsync())[0], StringComparison.Ordinal);
        Client.DefaultRequestHeaders.Authorization = null;
        using HttpResponseMessage stranger = await CreateAsync(json);
        Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
    }

    [Fact]
    public async Task Torrent_is_v1_unless_the_publisher_or_the_server_says_otherwise()
    {
        Assert.Equal(TorrentFormat.V1, await FormatOfAsync(_server, ""));
        Assert.Equal(TorrentFormat.Hybrid, await FormatOfAsync(_server, Pair("format", "hybrid")));
        using var folder = new TestFolder();
        await using IngestServer other = await IngestServer.StartAsync(
            silo.Grains,
            folder.Path,
            o => o with { DefaultFormat = TorrentFormat.Hybrid }
        );
        Assert.Equal(TorrentFormat.Hybrid, await FormatOfAsync(other, ""));
        Assert.Equal(TorrentFormat.V1, await FormatOfAsync(other, Pair("format", "v1")));
    }

    [Theory]
    [InlineData(1_000_000, "16384", 16384)]
    [InlineData(1_000_000, "67108864", 67108864)]
    [InlineData(819_200_000, "16384", 16384)] // 50,000 hashes: a million bytes
    [InlineData(1_000_000, "", 16384)]
    public async Task Piece_length_may_be_chosen(long size, string length, int expected)
    {
        using HttpResponseMessage response = await Tus.CreateAsync(
            Client,
            size,
            Tus.Metadata("a") + Pair("piecelength", length)
        );
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        string id = response.Headers.Location!.ToString().Split('/')[^1];
        Assert.Equal(expected, (await ManifestAsync(id)).PieceLengthBytes);
    }

    [Theory]
    [InlineData(1_000_000, "piecelength", "8192")]
    [InlineData(1_000_000, "piecelength", "134217728")]
    [InlineData(1_000_000, "piecelength", "100000")]
    [InlineData(1_000_000, "piecelength", "0")]
    [InlineData(1_000_000, "piecelength", "-16384")]
    [InlineData(1_000_000, "piecelength", "1e5")]
    [InlineData(1_000_000, "piecelength", "18446744073709568000")]
    [InlineData(819_200_001, "piecelength", "16384")]
    [InlineData(1_000_000, "format", "v2")]
    [InlineData(1_000_000, "format", "V1")]
    public async Task Torrents_that_clients_would_refuse_are_refused(long size, string key, string value)
    {
        using HttpResponseMessage response = await Tus.CreateAsync(Client, size, Tus.Metadata("a") + Pair(key, value));
        await Tus.AssertProblemAsync(response, 400, "invalid-metadata");
    }

    private static async Task<TorrentFormat> FormatOfAsync(IngestServer server, string pair)
    {
        using HttpResponseMessage response = await Tus.CreateAsync(server.Client, 1000, Tus.Metadata("a") + pair);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        return FileRecords.Find(response.Headers.Location!.ToString().Split('/')[^1])!.Format;
    }

    private static string Pair(string key, string value) =>
        $",{key} {Convert.ToBase64String(Encoding.UTF8.GetBytes(value))}";

    private async Task<ContentManifest> ManifestAsync(string id)
    {
        IContentStore store = _server.Services.GetRequiredService<IContentStore>();
        await using IContentUpload? upload = await store.OpenUploadAsync(id, CancellationToken.None);
        return upload!.Manifest;
    }

    private Task<HttpResponseMessage> CreateAsync(string json) =>
        Client.PostAsync(Folders, new StringContent(json, Encoding.UTF8, "application/json"));
}
