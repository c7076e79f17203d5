using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Distribution.Contracts.Files;
using Distribution.Ingest.Contents;
using Distribution.Ingest.Imports;
using Distribution.Ingest.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Distribution.Ingest.Tests.Uploads;

/// <summary>What becomes of parts, beside the protocol: restarts, quotas, several users, expiration.</summary>
public sealed class ConcatenationTests(TestSilo silo) : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Putting_together_goes_on_where_it_was_after_a_restart()
    {
        byte[] first = Tus.RandomBytes(2_000_000);
        byte[] second = Tus.RandomBytes(1_000_000);
        StoppableSource? source = null;
        string id;
        await using (IngestServer server = await StartAsync(reader => source = new StoppableSource(reader, 2_500_000)))
        {
            string[] parts = [await PartAsync(server, first), await PartAsync(server, second)];
            id = await FinalAsync(server, parts);
            await source!.Stopped.WaitAsync(TimeSpan.FromSeconds(60));
            Assert.Equal(FileState.Processing, FileRecords.Find(id)!.State);
        }
        await using IngestServer again = await StartAsync(reader => source = new StoppableSource(reader));
        PublishedFile file = await FileRecords.WhenAsync(id, FileState.Published);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData([.. first, .. second])), file.Content!.Sha256);
        Assert.Equal([2_500_000], source!.Offsets);
        await StoredAsync(again, 1);
    }

    [Fact]
    public async Task Stored_parts_are_not_published_by_a_restart_and_can_still_be_used()
    {
        byte[] content = Tus.RandomBytes(1000);
        string part;
        string unfinished;
        await using (IngestServer server = await StartAsync())
        {
            part = await PartAsync(server, content);
            unfinished = await CreatePartAsync(server, 10);
        }
        await using IngestServer again = await StartAsync();
        string id = await FinalAsync(again, part);
        PublishedFile file = await FileRecords.WhenAsync(id, FileState.Published);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), file.Content!.Sha256);
        Assert.Null(FileRecords.Find(part));
        Assert.Null(FileRecords.Find(unfinished));
        Assert.Equal(0, await Tus.OffsetAsync(again.Client, unfinished));
    }

    [Fact]
    public async Task Parts_and_what_is_made_of_them_count_once_for_the_quota()
    {
        Func<IngestOptions, IngestOptions> quota = o => o with { PublisherQuotaBytes = 1000 };
        StoppableSource? source = null;
        string id;
        await using (IngestServer server = await StartAsync(r => source = new StoppableSource(r, 0), quota))
        {
            string[] parts = [await PartAsync(server, new byte[400]), await PartAsync(server, new byte[500])];
            using HttpResponseMessage over = await Tus.CreateAsync(server.Client, 101, Tus.Metadata("a"));
            await Tus.AssertProblemAsync(over, 413, "quota-exceeded");
            // Twice the same part is twice its bytes.
            using HttpResponseMessage twice = await TryFinalAsync(server, parts[0], parts[0], parts[1]);
            await Tus.AssertProblemAsync(twice, 413, "quota-exceeded");
            id = await FinalAsync(server, parts);
            await source!.Stopped.WaitAsync(TimeSpan.FromSeconds(60));
            using HttpResponseMessage during = await Tus.CreateAsync(server.Client, 101, Tus.Metadata("a"));
            await Tus.AssertProblemAsync(during, 413, "quota-exceeded");
            string other = await Tus.CreatedAsync(server.Client, 100);
            (await server.Client.DeleteAsync($"{Tus.Root}/{other}")).Dispose();
        }
        await using IngestServer again = await StartAsync(change: quota);
        await FileRecords.WhenAsync(id, FileState.Published);
        await StoredAsync(again, 1);
        await Tus.CreatedAsync(again.Client, 100);
    }

    [Fact]
    public async Task Part_that_two_uploads_use_is_deleted_with_the_last()
    {
        byte[] content = Tus.RandomBytes(1000);
        StoppableSource? source = null;
        await using IngestServer server = await StartAsync(r => source = new StoppableSource(r, 0));
        string part = await PartAsync(server, content);
        string cancelled = await FinalAsync(server, part);
        string other = await FinalAsync(server, part);
        using HttpResponseMessage delete = await server.Client.DeleteAsync($"{Tus.Root}/{cancelled}");
        Assert.Equal(HttpStatusCode.NoContent, delete.StatusCode);
        Assert.Equal(FileState.Failed, FileRecords.Find(cancelled)!.State);
        // Terminated while in use: nobody can use it any more, but who has begun may finish.
        using HttpResponseMessage terminate = await server.Client.DeleteAsync($"{Tus.Root}/{part}");
        Assert.Equal(HttpStatusCode.NoContent, terminate.StatusCode);
        using HttpResponseMessage head = await Tus.HeadAsync(server.Client, part);
        Assert.Equal(HttpStatusCode.NotFound, head.StatusCode);
        using HttpResponseMessage late = await TryFinalAsync(server, part);
        await Tus.AssertProblemAsync(late, 400, "invalid-concatenation");
        Assert.Single(Directory.GetDirectories(Path.Combine(_folder.Path, "content", "files")));
        (await server.Client.DeleteAsync($"{Tus.Root}/{other}")).Dispose();
        await StoredAsync(server, 0);
    }

    [Fact]
    public async Task Cancelled_upload_gives_its_parts_back()
    {
        byte[] content = Tus.RandomBytes(1000);
        await using IngestServer server = await StartAsync(r => new StoppableSource(r, 500));
        string part = await PartAsync(server, content);
        string id = await FinalAsync(server, part);
        (await server.Client.DeleteAsync($"{Tus.Root}/{id}")).Dispose();
        using HttpResponseMessage gone = await Tus.HeadAsync(server.Client, id);
        Assert.Equal(HttpStatusCode.Gone, gone.StatusCode);
        Assert.Equal(1000, await Tus.OffsetAsync(server.Client, part));
        await FinalAsync(server, part);
    }

    [Fact]
    public async Task Parts_expire_whole_or_not()
    {
        string whole;
        string unfinished;
        await using (IngestServer server = await StartAsync())
        {
            whole = await PartAsync(server, new byte[10]);
            unfinished = await CreatePartAsync(server, 10);
        }
        string stored = Path.Combine(_folder.Path, "content", "files", whole, "manifest.json");
        string manifest = await File.ReadAllTextAsync(stored);
        DateTime old = TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-8);
        string created = manifest.Split("\"createdAt\":\"")[1].Split('"')[0];
        await File.WriteAllTextAsync(
            stored,
            manifest.Replace(created, old.ToString("O", CultureInfo.InvariantCulture), StringComparison.Ordinal)
        );
        File.SetLastWriteTimeUtc(Path.Combine(_folder.Path, "content", "uploads", unfinished, "journal"), old);
        await using IngestServer again = await StartAsync();
        await StoredAsync(again, 0);
        foreach (string id in new[] { whole, unfinished })
        {
            using HttpResponseMessage head = await Tus.HeadAsync(again.Client, id);
            Assert.Equal(HttpStatusCode.NotFound, head.StatusCode);
        }
    }

    private Task<IngestServer> StartAsync(
        Func<ISourceReader, ISourceReader>? wrap = null,
        Func<IngestOptions, IngestOptions>? change = null
    ) =>
        IngestServer.StartAsync(
            silo.Grains,
            _folder.Path,
            change,
            builder => builder.Services.Replace(Reader(builder, wrap ?? (reader => reader)))
        );

    private static ServiceDescriptor Reader(WebApplicationBuilder builder, Func<ISourceReader, ISourceReader> wrap) =>
        ServiceDescriptor.Singleton(services => wrap(new PartsReader(services.GetRequiredService<IContentStore>())));

    // A deletion follows the publication, and nobody announces it: what is left is looked at until it is right.
    private async Task StoredAsync(IngestServer server, int count)
    {
        IContentStore store = server.Services.GetRequiredService<IContentStore>();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            int stored = 0;
            await foreach (StoredContent _ in store.ListAsync(limit.Token))
                stored++;
            await foreach (OpenUpload _ in store.ListUploadsAsync(limit.Token))
                stored++;
            if (stored == count)
                break;
            await Task.Delay(50, limit.Token);
        }
    }

    private static async Task<string> CreatePartAsync(IngestServer server, int size)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Tus.Root);
        request.Headers.Add("Upload-Concat", "partial");
        request.Headers.Add("Upload-Length", size.ToString(CultureInfo.InvariantCulture));
        using HttpResponseMessage response = await server.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        return response.Headers.Location!.ToString().Split('/')[^1];
    }

    private static async Task<string> PartAsync(IngestServer server, byte[] content)
    {
        string id = await CreatePartAsync(server, content.Length);
        using HttpResponseMessage response = await Tus.PatchAsync(server.Client, id, 0, content);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        return id;
    }

    private static Task<HttpResponseMessage> TryFinalAsync(IngestServer server, params string[] parts)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Tus.Root);
        request.Headers.Add("Upload-Concat", $"final;{string.Join(' ', parts.Select(part => $"{Tus.Root}/{part}"))}");
        request.Headers.Add("Upload-Metadata", Tus.Metadata("film.mp4"));
        return server.Client.SendAsync(request);
    }

    private static async Task<string> FinalAsync(IngestServer server, params string[] parts)
    {
        using HttpResponseMessage response = await TryFinalAsync(server, parts);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        return response.Headers.Location!.ToString().Split('/')[^1];
    }
}
