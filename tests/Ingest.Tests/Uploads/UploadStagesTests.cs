using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Distribution.Contracts.Files;
using Distribution.Ingest.Tests.Hosting;

namespace Distribution.Ingest.Tests.Uploads;

/// <summary><c>GET /api/v1/uploads/{id}/stage</c>, and what an upload may say that it replaces.</summary>
public sealed class UploadStagesTests(TestSilo silo) : IAsyncLifetime
{
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
    public async Task A_stage_is_told_when_it_is_reached_and_not_before()
    {
        string name = $"{Guid.NewGuid():N}.mp4";
        string id = await Tus.CreatedAsync(Client, 1000, name);
        Assert.Equal("receiving", await StageAsync(id));
        (await Tus.PatchAsync(Client, id, 0, Tus.RandomBytes(999))).Dispose();
        Assert.Equal("receiving", await StageAsync(id));

        // The catalog does not hear of it yet: the torrent is made and the content stored, but no link works.
        FileRecords.Unreachable[name] = true;
        (await Tus.PatchAsync(Client, id, 999, Tus.RandomBytes(1))).Dispose();
        Assert.Equal("hashed", await StageAsync(id));
        FileRecords.Unreachable.Remove(name, out _);
        await FileRecords.WhenAsync(id, FileState.Published);
        Assert.Equal("published", await StageAsync(id));
    }

    [Fact]
    public async Task An_upload_that_ended_says_how()
    {
        string id = await Tus.CreatedAsync(Client, 1000);
        using HttpResponseMessage cancelled = await Client.DeleteAsync($"{Tus.Root}/{id}");
        Assert.Equal(HttpStatusCode.NoContent, cancelled.StatusCode);

        JsonElement stage = await Client.GetFromJsonAsync<JsonElement>($"{Tus.Root}/{id}/stage");

        Assert.Equal("failed", stage.GetProperty("stage").GetString());
        Assert.Equal("The publisher cancelled the upload.", stage.GetProperty("failureReason").GetString());
        using HttpResponseMessage unknown = await Client.GetAsync($"{Tus.Root}/{new string('0', 32)}/stage");
        await Tus.AssertProblemAsync(unknown, 404, "unknown-upload");
        using HttpResponseMessage malformed = await Client.GetAsync($"{Tus.Root}/no-id/stage");
        await Tus.AssertProblemAsync(malformed, 404, "unknown-upload");
    }

    [Fact]
    public async Task Asking_for_the_stage_does_not_cut_off_who_sends()
    {
        const int half = 200_000;
        string id = await Tus.CreatedAsync(Client, 2 * half);
        var pipe = new Pipe();
        Task<HttpResponseMessage> sending = Tus.PatchAsync(Client, id, 0, new StreamContent(pipe.Reader.AsStream()));
        await pipe.Writer.WriteAsync(Tus.RandomBytes(half));

        Assert.Equal("receiving", await StageAsync(id));

        await pipe.Writer.WriteAsync(Tus.RandomBytes(half));
        await pipe.Writer.CompleteAsync();
        using HttpResponseMessage sent = await sending;
        Assert.Equal(2 * half, Tus.OffsetOf(sent));
    }

    [Fact]
    public async Task A_new_version_is_kept_with_the_upload_and_told_to_the_record()
    {
        PublishedFile old = await Tus.PublishAsync(Client, Tus.RandomBytes(10));

        using HttpResponseMessage created = await CreateAsync(old.Id);
        using HttpResponseMessage folder = await Client.PostAsJsonAsync(
            "/api/v1/folders",
            new
            {
                name = "a",
                replaces = old.Id,
                files = new[] { new { path = "b", size = 1 } },
            }
        );

        foreach (HttpResponseMessage answer in (HttpResponseMessage[])[created, folder])
        {
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
            Assert.Equal(old.Id, FileRecords.Find(answer.Headers.Location!.ToString().Split('/')[^1])!.Replaces);
        }
    }

    [Fact]
    public async Task What_was_never_published_or_is_nowhere_cannot_be_replaced()
    {
        string open = await Tus.CreatedAsync(Client, 10);
        PublishedFile other = await Tus.PublishAsync(Client, Tus.RandomBytes(10));
        FileRecords.Set(other with { PublisherId = "another" });

        foreach (string id in (string[])[open, other.Id, new string('0', 32), "../x"])
        {
            using HttpResponseMessage refused = await CreateAsync(id);
            await Tus.AssertProblemAsync(refused, 400, "invalid-replaced");
        }
    }

    private Task<HttpResponseMessage> CreateAsync(string replaces) =>
        Tus.CreateAsync(
            Client,
            10,
            $"{Tus.Metadata("a.mp4")},replaces {Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(replaces))}"
        );

    private async Task<string?> StageAsync(string id) =>
        (await Client.GetFromJsonAsync<JsonElement>($"{Tus.Root}/{id}/stage")).GetProperty("stage").GetString();
}
