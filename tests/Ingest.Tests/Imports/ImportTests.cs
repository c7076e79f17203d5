using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Distribution.Contracts.Files;
using Distribution.Ingest.Tests.Hosting;
using Microsoft.AspNetCore.Builder;

namespace Distribution.Ingest.Tests.Imports;

/// <summary>What tests of imports share: a server that may import from one folder and from loopback.</summary>
public abstract class ImportTests(TestSilo silo) : IDisposable
{
    private protected const string Root = "/api/v1/imports";

    private readonly TestFolder _folder = new();

    /// <summary>Below it, files may be imported.</summary>
    private protected string Library { get; } = Directory.CreateTempSubdirectory("library-").FullName;

    private protected string ContentFolder => Path.Combine(_folder.Path, "content");

    public void Dispose()
    {
        _folder.Dispose();
        Directory.Delete(Library, recursive: true);
        GC.SuppressFinalize(this);
    }

    private protected Task<IngestServer> StartAsync(
        Func<IngestOptions, IngestOptions>? change = null,
        Action<WebApplicationBuilder>? configure = null
    ) =>
        IngestServer.StartAsync(
            silo.Grains,
            _folder.Path,
            o =>
            {
                o = o with { ImportRoots = [Library], ImportFromPrivateAddresses = true };
                return change?.Invoke(o) ?? o;
            },
            configure
        );

    private protected static Task<HttpResponseMessage> TryImportAsync(IngestServer server, object request) =>
        server.Client.PostAsJsonAsync(Root, request);

    /// <summary>The import's id.</summary>
    private protected static async Task<string> ImportAsync(IngestServer server, object request)
    {
        using HttpResponseMessage response = await TryImportAsync(server, request);
        string body = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.Accepted, body);
        string id = JsonDocument.Parse(body).RootElement.GetProperty("id").GetString()!;
        Assert.Equal($"{Root}/{id}", response.Headers.Location!.ToString());
        return id;
    }

    private protected static Task<JsonElement> ShowAsync(IngestServer server, string id) =>
        server.Client.GetFromJsonAsync<JsonElement>($"{Root}/{id}");

    private protected async Task<byte[]> FileAsync(string path, int size)
    {
        byte[] content = Tus.RandomBytes(size);
        string full = Path.Combine(Library, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        await File.WriteAllBytesAsync(full, content);
        return content;
    }

    private protected static async Task<PublishedFile> PublishedAsync(string id, byte[] content)
    {
        PublishedFile file = await FileRecords.WhenAsync(id, FileState.Published);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), file.Content!.Sha256);
        return file;
    }

    /// <summary>The import's record and how the API shows it, once it has failed and nothing is left of its bytes.</summary>
    private protected async Task<(PublishedFile Record, JsonElement Shown)> FailedAsync(IngestServer server, string id)
    {
        PublishedFile record = await FileRecords.WhenAsync(id, FileState.Failed);
        // The record comes first; the rest follows without a word.
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        JsonElement shown = await ShowAsync(server, id);
        while (
            shown.GetProperty("state").GetString() != "failed"
            || Directory.GetDirectories(Path.Combine(ContentFolder, "uploads")).Length > 0
        )
        {
            await Task.Delay(50, limit.Token);
            shown = await ShowAsync(server, id);
        }
        Assert.Equal(record.FailureReason, shown.GetProperty("error").GetString());
        Assert.Empty(Directory.GetDirectories(Path.Combine(ContentFolder, "files")));
        return (record, shown);
    }
}
