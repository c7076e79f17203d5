using System.Net;
using System.Text;
using System.Text.Json;
using Distribution.Contracts.Files;
using Distribution.Contracts.Swarms;
using Distribution.Dashboard.Tests.Hosting;

namespace Distribution.Dashboard.Tests.Api;

public sealed class FileApiTests : IDisposable
{
    private readonly PortalHost _host;
    private readonly HttpClient _client;

    public FileApiTests(PortalHost host)
    {
        _host = host;
        _client = host.Client(host.ApiKey);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_published_file_shows_everything()
    {
        PublishedFile file = _host.Store.Add(title: "A film", name: "a film.mp4", sizeBytes: 3_000_000);

        JsonElement json = await GetAsync($"/api/v1/files/{file.Id}");

        Assert.Equal(file.Id, Text(json, "id"));
        Assert.Equal("A film", Text(json, "title"));
        Assert.Equal("a film.mp4", Text(json, "name"));
        Assert.Equal("video/mp4", Text(json, "contentType"));
        Assert.Equal(3_000_000, json.GetProperty("size").GetInt64());
        Assert.Equal("published", Text(json, "state"));
        Assert.Equal("everyone", Text(json, "policy"));
        Assert.Equal(file.Content!.InfoHash.ToString(), Text(json, "infoHash"));
        Assert.Equal(JsonValueKind.Null, json.GetProperty("infoHashV2").ValueKind);
        Assert.Equal("v1", Text(json, "format"));
        Assert.Equal(JsonValueKind.Null, json.GetProperty("fileCount").ValueKind);
        Assert.Equal(1 << 20, json.GetProperty("pieceLength").GetInt32());
        Assert.Equal(3, json.GetProperty("pieceCount").GetInt32());
        Assert.Equal(file.Content.Sha256, Text(json, "sha256"));
        Assert.StartsWith(
            $"magnet:?xt=urn:btih:{file.Content.InfoHash}&",
            Text(json, "magnetUri"),
            StringComparison.Ordinal
        );
        Assert.Equal($"{_host.BaseUrl}/torrents/{file.Id}.torrent", Text(json, "torrentUrl"));
        Assert.Equal($"{_host.BaseUrl}/webseed/{file.Id}/a%20film.mp4", Text(json, "webSeedUrl"));
        Assert.Equal($"{_host.BaseUrl}/download/{file.Id}/a%20film.mp4", Text(json, "downloadUrl"));
        Assert.Equal($"{_host.BaseUrl}/watch/{file.Id}", Text(json, "watchUrl"));
        Assert.Equal("2026-03-01T13:00:00Z", Text(json, "publishedAt"));
        Assert.EndsWith("Z", Text(json, "createdAt"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_versions_of_a_file_are_listed_and_the_one_published_last_is_current()
    {
        PublishedFile first = _host.Store.Add();
        PublishedFile second = AddVersionOf(first, hours: 1);
        PublishedFile third = AddVersionOf(first, hours: 2);
        PublishedFile open = _host.Store.Add(FileState.Uploading);
        _host.Store.Files[open.Id] = open with { Replaces = third.Id, FirstVersionId = first.Id };

        JsonElement versions = await GetAsync($"/api/v1/files/{second.Id}/versions");
        // Taking one down is an affair of that one alone.
        _host.Store.Files[third.Id] = third with
        {
            State = FileState.Unpublished,
        };
        JsonElement after = await GetAsync($"/api/v1/files/{first.Id}/versions");

        Assert.Equal(
            [third.Id, second.Id, first.Id],
            versions.GetProperty("items").EnumerateArray().Select(version => Text(version, "id"))
        );
        Assert.Equal(third.Id, Text(versions, "currentId"));
        Assert.Equal(first.Id, Text(versions.GetProperty("items")[1], "replaces"));
        Assert.Equal(second.Id, Text(after, "currentId"));
        Assert.Equal(3, after.GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task A_hybrid_folder_shows_both_info_hashes_and_the_base_of_its_files()
    {
        PublishedFile file = _host.Store.Add(name: "a show", format: TorrentFormat.Hybrid, folderFileCount: 12);

        JsonElement json = await GetAsync($"/api/v1/files/{file.Id}");

        Assert.Equal("hybrid", Text(json, "format"));
        Assert.Equal(12, json.GetProperty("fileCount").GetInt32());
        Assert.Equal(file.Content!.InfoHash.ToString(), Text(json, "infoHash"));
        Assert.Equal(file.Content.InfoHashV2.ToString(), Text(json, "infoHashV2"));
        Assert.StartsWith(
            $"magnet:?xt=urn:btih:{file.Content.InfoHash}&xt=urn:btmh:1220{file.Content.InfoHashV2}&",
            Text(json, "magnetUri"),
            StringComparison.Ordinal
        );
        Assert.Equal($"{_host.BaseUrl}/webseed/{file.Id}/", Text(json, "webSeedUrl"));
        Assert.Equal($"{_host.BaseUrl}/download/{file.Id}/a%20show/", Text(json, "downloadUrl"));
    }

    [Theory]
    [InlineData(FileState.Uploading, "uploading")]
    [InlineData(FileState.Processing, "processing")]
    [InlineData(FileState.Failed, "failed")]
    [InlineData(FileState.Unpublished, "unpublished")]
    public async Task A_file_that_is_not_published_has_no_links(FileState state, string name)
    {
        PublishedFile file = _host.Store.Add(state);

        JsonElement json = await GetAsync($"/api/v1/files/{file.Id}");

        Assert.Equal(name, Text(json, "state"));
        foreach (string link in new[] { "magnetUri", "torrentUrl", "webSeedUrl", "downloadUrl", "watchUrl" })
            Assert.Equal(JsonValueKind.Null, json.GetProperty(link).ValueKind);
        Assert.Equal(state == FileState.Failed, json.GetProperty("failureReason").ValueKind == JsonValueKind.String);
    }

    [Fact]
    public async Task Title_and_policy_can_be_changed_alone_and_together()
    {
        PublishedFile file = _host.Store.Add(title: "Before");

        JsonElement titled = await PatchAsync(file.Id, """{ "title": "  After " }""");
        Assert.Equal("After", Text(titled, "title"));
        Assert.Equal("everyone", Text(titled, "policy"));

        JsonElement off = await PatchAsync(file.Id, """{ "policy": "off" }""");
        Assert.Equal("After", Text(off, "title"));
        Assert.Equal("off", Text(off, "policy"));

        JsonElement both = await PatchAsync(file.Id, """{ "title": "Again", "policy": "everyone" }""");
        Assert.Equal("Again", Text(both, "title"));
        Assert.Equal(PeerPolicy.Everyone, _host.Store.Files[file.Id].Policy);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{ "title": 5 }""")]
    [InlineData("""{ "title": "   " }""")]
    [InlineData("""{ "title": "a\u0000b" }""")]
    [InlineData("""{ "policy": "sometimes" }""")]
    [InlineData("""{ "policy": 1 }""")]
    [InlineData("""{ "name": "other.mp4" }""")]
    public async Task A_change_that_makes_no_sense_is_refused(string body)
    {
        PublishedFile file = _host.Store.Add();

        using HttpResponseMessage response = await SendPatchAsync(file.Id, body);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        await Problem.AssertAsync(response, "invalid-request");
        Assert.Equal(file, _host.Store.Files[file.Id]);
    }

    [Fact]
    public async Task A_title_of_201_characters_is_refused_and_so_is_a_huge_body()
    {
        PublishedFile file = _host.Store.Add();

        using HttpResponseMessage longer = await SendPatchAsync(
            file.Id,
            $$"""{ "title": "{{new string('x', 201)}}" }"""
        );
        using HttpResponseMessage huge = await SendPatchAsync(
            file.Id,
            $$"""{ "title": "{{new string('x', 100_000)}}" }"""
        );

        Assert.Equal(HttpStatusCode.BadRequest, longer.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, huge.StatusCode);
        JsonElement kept = await PatchAsync(file.Id, $$"""{ "title": "{{new string('x', 200)}}" }""");
        Assert.Equal(200, Text(kept, "title").Length);
    }

    [Fact]
    public async Task What_the_file_refuses_is_a_conflict()
    {
        PublishedFile file = _host.Store.Add(FileState.Failed);

        using HttpResponseMessage response = await SendPatchAsync(file.Id, """{ "title": "New" }""");

        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        JsonElement problem = await Problem.AssertAsync(response, "not-possible-now");
        Assert.Contains("failed file", Text(problem, "detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deleting_unpublishes_and_can_be_repeated()
    {
        PublishedFile file = _host.Store.Add();

        for (int i = 0; i < 2; i++)
        {
            using HttpResponseMessage response = await _client.DeleteAsync($"/api/v1/files/{file.Id}", Stop);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            JsonElement json = await response.Content.ReadFromJsonAsync<JsonElement>(Stop);
            Assert.Equal("unpublished", Text(json, "state"));
            Assert.Equal(JsonValueKind.Null, json.GetProperty("magnetUri").ValueKind);
        }
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("DELETE", "")]
    [InlineData("GET", "/swarm")]
    [InlineData("GET", "/live")]
    [InlineData("GET", "/report")]
    public async Task Files_that_do_not_exist_or_belong_to_somebody_else_are_not_there(string method, string below)
    {
        PublishedFile foreign = _host.Store.Add(publisherId: "somebody-else");
        foreach (string id in new[] { foreign.Id, "unknown", "..%2f..", new string('x', 65) })
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), $"/api/v1/files/{id}{below}");

            using HttpResponseMessage response = await _client.SendAsync(request, Stop);

            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
            await Problem.AssertAsync(response, "unknown-file");
        }
        Assert.Equal(FileState.Published, _host.Store.Files[foreign.Id].State);
    }

    [Fact]
    public async Task The_swarm_of_a_published_file_is_told()
    {
        PublishedFile file = _host.Store.Add();
        _host.Store.Swarms[file.Content!.InfoHash.ToString()] = new SwarmSnapshot(3, 4, 1, 99, 5.5, 100, 200, 300);

        JsonElement json = await GetAsync($"/api/v1/files/{file.Id}/swarm");

        Assert.Equal(
            """{"seeders":3,"leechers":4,"edges":1,"completed":99,"availability":5.5,"webSeedBytesPerSecond":100,"edgeBytesPerSecond":200,"peerBytesPerSecond":300,"peersOff":false}""",
            json.GetRawText()
        );
    }

    [Fact]
    public async Task A_file_that_is_not_published_has_no_swarm()
    {
        PublishedFile file = _host.Store.Add(FileState.Processing);

        using HttpResponseMessage response = await _client.GetAsync($"/api/v1/files/{file.Id}/swarm", Stop);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        JsonElement problem = await Problem.AssertAsync(response, "no-swarm");
        Assert.Contains("processing", Text(problem, "detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Addresses_and_methods_that_do_not_exist_are_problems_too()
    {
        using HttpResponseMessage nothing = await _client.GetAsync("/api/v1/nothing", Stop);
        using HttpResponseMessage method = await _client.PutAsync("/api/v1/files", null, Stop);

        Assert.Equal(HttpStatusCode.NotFound, nothing.StatusCode);
        await Problem.AssertAsync(nothing, "no-such-resource");
        Assert.Equal(HttpStatusCode.MethodNotAllowed, method.StatusCode);
        await Problem.AssertAsync(method, "method-not-allowed");
    }

    public void Dispose() => _client.Dispose();

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;

    private PublishedFile AddVersionOf(PublishedFile first, int hours)
    {
        PublishedFile file = _host.Store.Add();
        return _host.Store.Files[file.Id] = file with
        {
            Replaces = first.Id,
            FirstVersionId = first.Id,
            PublishedAt = first.PublishedAt!.Value.AddHours(hours),
        };
    }

    private async Task<JsonElement> GetAsync(string path)
    {
        using HttpResponseMessage response = await _client.GetAsync(path, Stop);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
        return await response.Content.ReadFromJsonAsync<JsonElement>(Stop);
    }

    private async Task<JsonElement> PatchAsync(string id, string body)
    {
        using HttpResponseMessage response = await SendPatchAsync(id, body);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadFromJsonAsync<JsonElement>(Stop);
    }

    private async Task<HttpResponseMessage> SendPatchAsync(string id, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        return await _client.PatchAsync($"/api/v1/files/{id}", content, Stop);
    }
}
