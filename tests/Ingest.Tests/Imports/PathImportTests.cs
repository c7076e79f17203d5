using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Distribution.Contracts.Files;
using Distribution.Ingest.Imports;
using Distribution.Ingest.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Distribution.Ingest.Tests.Imports;

/// <summary>Imports of files and folders of the server.</summary>
public sealed class PathImportTests(TestSilo silo) : ImportTests(silo)
{
    [Fact]
    public async Task File_is_imported_and_shown()
    {
        byte[] content = await FileAsync("films/Der Film.mp4", 700_000);
        await using IngestServer server = await StartAsync();
        string path = Path.Combine(Library, "films", "Der Film.mp4");
        string id = await ImportAsync(server, new { source = new { filePath = path }, title = "Ein Film" });
        PublishedFile file = await PublishedAsync(id, content);
        Assert.Equal(("Der Film.mp4", "Ein Film", "video/mp4"), (file.Name, file.Title, file.ContentType));
        Assert.Equal(content, await server.Client.GetByteArrayAsync($"/webseed/{id}/Der%20Film.mp4"));
        JsonElement shown = await ShowAsync(server, id);
        Assert.Equal("published", shown.GetProperty("state").GetString());
        Assert.Equal(700_000, shown.GetProperty("bytes").GetInt64());
        Assert.Equal(path, shown.GetProperty("source").GetString());
        JsonElement list = await server.Client.GetFromJsonAsync<JsonElement>(Root);
        Assert.Equal(id, Assert.Single(list.GetProperty("items").EnumerateArray()).GetProperty("id").GetString());
    }

    [Fact]
    public async Task Folder_is_imported_in_the_order_of_its_names()
    {
        byte[] second = await FileAsync("Serie/b.mp4", 300_000);
        byte[] first = await FileAsync("Serie/a/1.mp4", 200_000);
        await File.WriteAllBytesAsync(Path.Combine(Library, "Serie", "empty.txt"), []);
        await using IngestServer server = await StartAsync();
        string id = await ImportAsync(
            server,
            new
            {
                source = new { folderPath = Path.Combine(Library, "Serie") },
                name = "Die Serie",
                format = "hybrid",
            }
        );
        PublishedFile file = await PublishedAsync(id, [.. first, .. second]);
        Assert.Equal(("Die Serie", 3, TorrentFormat.Hybrid), (file.Name, file.FolderFileCount, file.Format));
        Assert.NotNull(file.Content!.InfoHashV2);
    }

    [Fact]
    public async Task Without_a_folder_of_the_operators_nothing_is_imported()
    {
        await FileAsync("a.mp4", 10);
        await using IngestServer server = await StartAsync(o => o with { ImportRoots = [] });
        using HttpResponseMessage response = await TryImportAsync(
            server,
            new { source = new { path = Path.Combine(Library, "a.mp4") } }
        );
        string detail = await Tus.AssertProblemAsync(response, 422, "invalid-source");
        Assert.Contains("--import-from", detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Paths_that_leave_the_operators_folders_are_refused()
    {
        await FileAsync("inside/a.mp4", 10);
        string outside = Directory.CreateTempSubdirectory("outside-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(outside, "secret"), "secret");
            File.CreateSymbolicLink(Path.Combine(Library, "file-link"), Path.Combine(outside, "secret"));
            Directory.CreateSymbolicLink(Path.Combine(Library, "folder-link"), outside);
            File.CreateSymbolicLink(Path.Combine(Library, "chain"), "inside/../file-link");
            File.CreateSymbolicLink(Path.Combine(Library, "circle"), "circle");
            Directory.CreateDirectory(Path.Combine(Library, "holed"));
            File.CreateSymbolicLink(
                Path.Combine(Library, "holed", "x"),
                "../../" + Path.GetFileName(outside) + "/secret"
            );
            File.CreateSymbolicLink(Path.Combine(Library, "good-link"), "inside/a.mp4");
            await using IngestServer server = await StartAsync();
            string[] refused =
            [
                Path.Combine(outside, "secret"),
                Library + "/../" + Path.GetFileName(outside) + "/secret",
                Library + "-2/a",
                Path.Combine(Library, "file-link"),
                Path.Combine(Library, "folder-link", "secret"),
                Path.Combine(Library, "folder-link"),
                Path.Combine(Library, "chain"),
                Path.Combine(Library, "circle"),
                Path.Combine(Library, "holed"),
                Path.Combine(Library, "no such file"),
                "inside/a.mp4",
                "/etc/passwd",
                "/proc/self/environ",
                "",
            ];
            foreach (string path in refused)
            {
                using HttpResponseMessage response = await TryImportAsync(server, new { source = new { path } });
                string detail = await Tus.AssertProblemAsync(response, 422, "invalid-source");
                Assert.DoesNotContain("secret", detail, StringComparison.Ordinal);
            }
            await ImportAsync(server, new { source = new { path = Path.Combine(Library, "good-link") } });
        }
        finally
        {
            Directory.Delete(outside, recursive: true);
        }
    }

    [Theory]
    [InlineData("""{"source":{}}""", 400, "invalid-request")]
    [InlineData("""{"source":{"path":"/a","url":"http://b"}}""", 400, "invalid-request")]
    [InlineData("""{"source":{"file":"/a"}}""", 400, "invalid-request")]
    [InlineData("""{"source":{"path":"/a"},"format":"v3"}""", 400, "invalid-metadata")]
    [InlineData("""{"source":{"path":"/a","torrent":"***"}}""", 400, "invalid-request")]
    [InlineData("""{"source":{"path":"/a","torrent":"ZGU="}}""", 422, "invalid-torrent")]
    public async Task Requests_that_are_none_are_refused(string json, int status, string slug)
    {
        await using IngestServer server = await StartAsync();
        using var body = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await server.Client.PostAsync(Root, body);
        await Tus.AssertProblemAsync(response, status, slug);
    }

    [Fact]
    public async Task Import_goes_on_where_it_was_after_a_restart()
    {
        byte[] content = await FileAsync("a.mp4", 3_000_000);
        StoppableSource? source = null;
        string id;
        await using (IngestServer server = await StartAsync(null, b => Wrap(b, r => source = new(r, 2_000_000))))
        {
            id = await ImportAsync(server, new { source = new { path = Path.Combine(Library, "a.mp4") } });
            await source!.Stopped.WaitAsync(TimeSpan.FromSeconds(60));
            Assert.Equal(FileState.Processing, FileRecords.Find(id)!.State);
            Assert.Equal("running", (await ShowAsync(server, id)).GetProperty("state").GetString());
        }
        await using IngestServer again = await StartAsync(null, b => Wrap(b, r => source = new(r)));
        await PublishedAsync(id, content);
        Assert.Equal([2_000_000], source!.Offsets);
    }

    [Fact]
    public async Task File_that_has_changed_fails_the_import()
    {
        await FileAsync("a.mp4", 3_000_000);
        StoppableSource? source = null;
        string id;
        string path = Path.Combine(Library, "a.mp4");
        await using (IngestServer server = await StartAsync(null, b => Wrap(b, r => source = new(r, 2_000_000))))
        {
            id = await ImportAsync(server, new { source = new { path } });
            await source!.Stopped.WaitAsync(TimeSpan.FromSeconds(60));
        }
        File.SetLastWriteTimeUtc(path, File.GetLastWriteTimeUtc(path).AddSeconds(1));
        await using IngestServer again = await StartAsync();
        (PublishedFile record, _) = await FailedAsync(again, id);
        Assert.Contains("has changed", record.FailureReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_can_be_cancelled_until_it_is_a_file()
    {
        await FileAsync("a.mp4", 1_000_000);
        byte[] other = await FileAsync("b.mp4", 1000);
        StoppableSource? source = null;
        await using IngestServer server = await StartAsync(null, b => Wrap(b, r => source = new(r, 500_000)));
        string id = await ImportAsync(server, new { source = new { path = Path.Combine(Library, "a.mp4") } });
        await source!.Stopped.WaitAsync(TimeSpan.FromSeconds(60));
        // Nor can anybody else send bytes to it.
        using HttpResponseMessage patch = await Tus.PatchAsync(server.Client, id, 500_000, [1]);
        await Tus.AssertProblemAsync(patch, 403, "not-for-bytes");
        using HttpResponseMessage cancel = await server.Client.DeleteAsync($"{Root}/{id}");
        Assert.Equal(HttpStatusCode.NoContent, cancel.StatusCode);
        Assert.Equal(FileState.Failed, FileRecords.Find(id)!.State);
        Assert.Empty(Directory.GetDirectories(Path.Combine(ContentFolder, "uploads")));

        string whole = await ImportAsync(server, new { source = new { path = Path.Combine(Library, "b.mp4") } });
        await PublishedAsync(whole, other);
        using HttpResponseMessage late = await server.Client.DeleteAsync($"{Root}/{whole}");
        await Tus.AssertProblemAsync(late, 409, "already-stored");
        using HttpResponseMessage unknown = await server.Client.DeleteAsync($"{Root}/{new string('0', 32)}");
        await Tus.AssertProblemAsync(unknown, 404, "unknown-import");
    }

    [Fact]
    public async Task Limits_of_uploads_hold_for_imports_and_strangers_see_nothing()
    {
        await FileAsync("a.mp4", 1001);
        await using IngestServer server = await StartAsync(o => o with { MaxUploadBytes = 1000 });
        var request = new { source = new { path = Path.Combine(Library, "a.mp4") } };
        using HttpResponseMessage large = await TryImportAsync(server, request);
        await Tus.AssertProblemAsync(large, 413, "upload-too-large");
        server.Client.DefaultRequestHeaders.Authorization = null;
        using HttpResponseMessage create = await TryImportAsync(server, request);
        Assert.Equal(HttpStatusCode.Unauthorized, create.StatusCode);
        using HttpResponseMessage list = await server.Client.GetAsync(Root);
        Assert.Equal(HttpStatusCode.Unauthorized, list.StatusCode);
    }

    private static void Wrap(
        Microsoft.AspNetCore.Builder.WebApplicationBuilder builder,
        Func<ISourceReader, ISourceReader> wrap
    )
    {
        builder.Services.RemoveAll<ISourceReader>();
        builder.Services.AddSingleton(services => wrap(new FilesReader(services.GetRequiredService<ImportRoots>())));
    }
}
