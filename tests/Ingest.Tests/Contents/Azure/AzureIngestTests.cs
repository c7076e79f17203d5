using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Distribution.Contracts.Files;
using Distribution.Ingest.Contents;
using Distribution.Ingest.Contents.Azure;
using Distribution.Ingest.Tests.Hosting;

namespace Distribution.Ingest.Tests.Contents.Azure;

/// <summary>The whole ingest on Azure Blob Storage: tus in, torrent and web seed out.</summary>
public sealed class AzureIngestTests(TestSilo silo, AzuriteServer azurite) : IClassFixture<AzuriteServer>, IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Upload_is_published_and_served_by_us_and_by_the_public_address()
    {
        await using IngestServer server = await IngestServer.StartAsync(silo.Grains, _folder.Path, OnAzure);
        byte[] content = Tus.RandomBytes((9 << 20) + 5);
        PublishedFile file = await Tus.PublishAsync(server.Client, content);

        using var request = new HttpRequestMessage(HttpMethod.Get, $"/webseed/{file.Id}/{file.Name}");
        request.Headers.Range = new RangeHeaderValue(3 << 20, null);
        using HttpResponseMessage answer = await server.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
        Assert.Equal(content[(3 << 20)..], await answer.Content.ReadAsByteArrayAsync());

        string torrent = Encoding.Latin1.GetString(
            await server.Client.GetByteArrayAsync($"/torrents/{file.Id}.torrent")
        );
        Assert.Contains("https://cdn.example/videos/bytes/", torrent, StringComparison.Ordinal);
        Assert.Contains($"{IngestServer.PublicBase}/webseed/{file.Id}/film.mp4", torrent, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_are_checked_at_the_start()
    {
        var builder = Microsoft.AspNetCore.Builder.WebApplication.CreateSlimBuilder();
        var options = OnAzure(new IngestOptions { Content = ContentLocation.InFolder("x"), SendJournalPath = "y" }) with
        {
            MaxUploadBytes = BlockPlan.MaxFileBytes + 1,
            Azure = new AzureStoreOptions
            {
                Container = "Not_a_container",
                PublicUrl = new Uri("https://cdn.example/?sig=x"),
                Patience = TimeSpan.FromDays(1),
                RetryDelay = TimeSpan.Zero,
                AttemptTimeout = TimeSpan.Zero,
                SweepAge = TimeSpan.Zero,
                SweepInterval = TimeSpan.Zero,
            },
        };
        var thrown = Assert.Throws<Microsoft.Extensions.Options.OptionsValidationException>(() =>
            builder.AddIngest(options)
        );
        Assert.Equal(8, thrown.Failures.Count());
    }

    private IngestOptions OnAzure(IngestOptions options)
    {
        Assert.True(ContentLocation.TryParse(azurite.ConnectionString, out ContentLocation? location, out _));
        return options with
        {
            Content = location,
            Azure = new AzureStoreOptions
            {
                Container = $"test-{Guid.NewGuid():N}",
                PublicUrl = new Uri("https://cdn.example/videos"),
            },
        };
    }
}
