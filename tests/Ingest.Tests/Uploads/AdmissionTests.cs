using System.Net;
using Distribution.Contracts.Accounts;
using Distribution.Ingest.Contents;
using Distribution.Ingest.Contents.Folders;
using Distribution.Ingest.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Distribution.Ingest.Tests.Uploads;

public sealed class AdmissionTests(TestSilo silo) : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Too_large_is_refused_before_the_first_byte()
    {
        await using IngestServer server = await StartAsync(o => o with { MaxUploadBytes = 1000 });
        using var response = await Tus.CreateAsync(server.Client, 1001, Tus.Metadata("a"));
        await Tus.AssertProblemAsync(response, 413, "upload-too-large");
    }

    [Fact]
    public async Task Quota_counts_uploads_and_files_and_survives_a_restart()
    {
        await using (IngestServer server = await StartAsync(o => o with { PublisherQuotaBytes = 1000 }))
        {
            await Tus.PublishAsync(server.Client, Tus.RandomBytes(300));
            string open = await Tus.CreatedAsync(server.Client, 600);
            using var over = await Tus.CreateAsync(server.Client, 101, Tus.Metadata("a"));
            await Tus.AssertProblemAsync(over, 413, "quota-exceeded");
            (await server.Client.DeleteAsync($"{Tus.Root}/{open}")).Dispose();
            await Tus.CreatedAsync(server.Client, 601);
        }
        await using IngestServer again = await StartAsync(o => o with { PublisherQuotaBytes = 1000 });
        using var full = await Tus.CreateAsync(again.Client, 100, Tus.Metadata("a"));
        await Tus.AssertProblemAsync(full, 413, "quota-exceeded");
        await Tus.CreatedAsync(again.Client, 99);
    }

    [Theory]
    [InlineData(500L, 413)]
    [InlineData(0L, 201)]
    [InlineData(null, 413)]
    public async Task A_publishers_own_quota_goes_before_the_servers(long? own, int status)
    {
        await using IngestServer server = await IngestServer.StartAsync(
            silo.Grains,
            _folder.Path,
            o => o with { PublisherQuotaBytes = 1000 },
            builder => builder.Services.AddSingleton<IPublisherQuotas>(new OneQuota(own))
        );
        await Tus.CreatedAsync(server.Client, 500);

        using var next = await Tus.CreateAsync(server.Client, 501, Tus.Metadata("a"));

        Assert.Equal(status, (int)next.StatusCode);
    }

    private sealed class OneQuota(long? bytes) : IPublisherQuotas
    {
        public Task<long?> FindAsync(string publisherId) => Task.FromResult(bytes);
    }

    [Fact]
    public async Task Uploads_in_progress_keep_their_room()
    {
        IContentStore inner = new FolderContentStore(Path.Combine(_folder.Path, "content"), minFreeBytes: 0);
        await using IngestServer server = await IngestServer.StartAsync(
            silo.Grains,
            _folder.Path,
            configure: builder =>
                builder.Services.AddSingleton<IContentStore>(new StoreWithRoom(inner, freeBytes: 1000))
        );
        using var tooMuch = await Tus.CreateAsync(server.Client, 1001, Tus.Metadata("a"));
        await Tus.AssertProblemAsync(tooMuch, 507, "insufficient-storage");
        string first = await Tus.CreatedAsync(server.Client, 600);
        using var second = await Tus.CreateAsync(server.Client, 401, Tus.Metadata("a"));
        await Tus.AssertProblemAsync(second, 507, "insufficient-storage");
        // What has come is no longer awaited (here the free space stays as it is, on a disk it has shrunk by then).
        (await Tus.PatchAsync(server.Client, first, 0, new byte[599])).Dispose();
        await Tus.CreatedAsync(server.Client, 401);
    }

    [Fact]
    public async Task Low_water_mark_of_the_disk_is_kept()
    {
        await using IngestServer server = await StartAsync(o => o with { MinFreeDiskBytes = long.MaxValue / 2 });
        using var response = await Tus.CreateAsync(server.Client, 1, Tus.Metadata("a"));
        await Tus.AssertProblemAsync(response, 507, "insufficient-storage");
    }

    [Fact]
    public async Task Open_uploads_are_limited()
    {
        await using IngestServer server = await StartAsync(o => o with { MaxOpenUploads = 2 });
        string first = await Tus.CreatedAsync(server.Client, 10);
        await Tus.CreatedAsync(server.Client, 10);
        using var third = await Tus.CreateAsync(server.Client, 10, Tus.Metadata("a"));
        await Tus.AssertProblemAsync(third, 429, "too-many-uploads");
        using var finish = await Tus.PatchAsync(server.Client, first, 0, new byte[10]);
        Assert.Equal(HttpStatusCode.NoContent, finish.StatusCode);
        await Tus.CreatedAsync(server.Client, 10);
    }

    [Fact]
    public void Options_say_all_that_is_wrong()
    {
        var builder = Microsoft.AspNetCore.Builder.WebApplication.CreateSlimBuilder();
        var options = new IngestOptions
        {
            Content = ContentLocation.InFolder(""),
            SendJournalPath = " ",
            MaxUploadBytes = 0,
            MinFreeDiskBytes = -1,
            MaxOpenUploads = 0,
            UploadLifetime = TimeSpan.Zero,
        };
        var thrown = Assert.Throws<Microsoft.Extensions.Options.OptionsValidationException>(() =>
            builder.AddIngest(options)
        );
        Assert.Equal(6, thrown.Failures.Count());
    }

    private Task<IngestServer> StartAsync(Func<IngestOptions, IngestOptions> change) =>
        IngestServer.StartAsync(silo.Grains, _folder.Path, change);
}
