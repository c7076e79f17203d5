using System.Net;
using Distribution.Ingest.Tests.Hosting;

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

    [Fact]
    public async Task Disk_keeps_its_low_water_mark_and_room_for_uploads_in_progress()
    {
        long free = new DriveInfo(_folder.Path).AvailableFreeSpace;
        // About half a gigabyte of the disk is for us; others may use it meanwhile, so the sizes are far from the mark.
        await using IngestServer server = await StartAsync(o => o with { MinFreeDiskBytes = free - (512 << 20) });
        using var tooMuch = await Tus.CreateAsync(server.Client, 2L << 30, Tus.Metadata("a"));
        await Tus.AssertProblemAsync(tooMuch, 507, "insufficient-storage");
        await Tus.CreatedAsync(server.Client, 300 << 20);
        using var second = await Tus.CreateAsync(server.Client, 300 << 20, Tus.Metadata("a"));
        await Tus.AssertProblemAsync(second, 507, "insufficient-storage");
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
            ContentFolder = "",
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
