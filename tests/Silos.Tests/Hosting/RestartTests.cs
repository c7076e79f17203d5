using Distribution.BitTorrent;
using Distribution.BitTorrent.Trackers;
using Distribution.Contracts.Files;
using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Reports;
using Distribution.Silos.Ledgers;
using Distribution.Silos.State;
using Distribution.Silos.Tests.Announces;

namespace Distribution.Silos.Tests.Hosting;

/// <summary>What was acknowledged is there after the silo's end, and what is said again counts once.</summary>
[Collection(SiloCollection.Name)]
public sealed class RestartTests : IDisposable
{
    private static readonly long Hour = HourTable.HourOf(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Files_swarms_and_accounts_survive()
    {
        InfoHash file;
        ReportBytes before;
        await using (SiloHost first = await SiloHost.StartAsync(_folder.StatePath))
        {
            file = (await first.PublishAsync("kept")).Content!.InfoHash;
            await first.PublishAsync("taken-down");
            await first.Grains.GetGrain<IPublishedFileGrain>("taken-down").UnpublishAsync();
            await UseAsync(first, file);
            before = (await first.ReportAsync()).Bytes;
            Assert.Equal(new ByteRange(400_000, SiloHost.Size), before.Delivered);
        }

        await using SiloHost second = await SiloHost.StartAsync(_folder.StatePath);
        Assert.Equal(before, (await second.ReportAsync()).Bytes);
        FilePage page = await second.Grains.GetGrain<IFileCatalogGrain>(0).ListAsync(Publishers.Default, null, 10);
        Assert.Equal(
            [("kept", FileState.Published), ("taken-down", FileState.Unpublished)],
            page.Files.Select(static one => (one.Id, one.State)).Order()
        );
        Assert.Equal(new TrackerScrapeEntry(file, 0, 1, 0), await second.Http.ScrapeAsync(file));

        // Everything said again, and the publisher's last call too.
        await UseAsync(second, file);
        await second.PublishAsync("kept");
        Assert.Equal(before, (await second.ReportAsync()).Bytes);
        Assert.Equal(new TrackerScrapeEntry(file, 1, 1, 0), await second.Http.ScrapeAsync(file));
    }

    [Fact]
    public async Task What_was_acknowledged_survives_the_processs_death()
    {
        using var copy = new TestFolder();
        await using (SiloHost host = await SiloHost.StartAsync(_folder.StatePath))
        {
            InfoHash file = (await host.PublishAsync("kept")).Content!.InfoHash;
            await UseAsync(host, file);
            // As the disk is at this moment: nothing was closed in order.
            foreach (string path in Directory.GetFiles(_folder.Path))
                File.Copy(path, Path.Combine(copy.Path, Path.GetFileName(path)));
        }
        File.Delete(copy.StatePath + "-shm");

        await using SiloHost after = await SiloHost.StartAsync(copy.StatePath);
        SavingsReport report = await after.ReportAsync();
        Assert.Equal(new ByteRange(400_000, SiloHost.Size), report.Bytes.Delivered);
        Assert.Equal(FileState.Published, (await after.Grains.GetGrain<IPublishedFileGrain>("kept").GetAsync())!.State);
    }

    [Fact]
    public async Task A_full_disk_refuses_and_goes_on_when_there_is_room()
    {
        await using SiloHost host = await SiloHost.StartAsync(_folder.StatePath);
        InfoHash file = (await host.PublishAsync("full")).Content!.InfoHash;
        ILedgerGrain ledger = host.Grains.GetGrain<ILedgerGrain>(0);
        await host.Database.WriteAsync(session =>
        {
            long pages = session.Scalar("PRAGMA page_count");
            session.Scalar($"PRAGMA max_page_count = {pages}");
        });

        // Enough addresses to need pages.
        SendReport report = new(
            "webseed/a",
            "0123456789abcdef",
            [
                .. Enumerable
                    .Range(1, 400)
                    .Select(i => new SendCounter(
                        file.ToString(),
                        $"203.0.{i / 250}.{i % 250}",
                        SendKind.WebSeed,
                        Hour,
                        1000
                    )),
            ]
        );
        StateUnavailableException told = await Assert.ThrowsAsync<StateUnavailableException>(() =>
            ledger.RecordSendsAsync(report)
        );
        Assert.Contains("No room left", told.Message, StringComparison.Ordinal);
        Assert.Equal(0, (await host.ReportAsync()).Bytes.WebSeedBytes);

        await host.Database.WriteAsync(session => session.Scalar("PRAGMA max_page_count = 1000000"));
        await ledger.RecordSendsAsync(report);
        await ledger.RecordSendsAsync(report);
        Assert.Equal(400_000, (await host.ReportAsync()).Bytes.WebSeedBytes);
    }

    [Fact]
    public async Task Files_of_the_same_content_share_a_swarm()
    {
        await using SiloHost host = await SiloHost.StartAsync(_folder.StatePath);
        InfoHash file = (await host.PublishAsync("one", "same")).Content!.InfoHash;
        await host.PublishAsync("two", "same");
        await UseAsync(host, file);
        Assert.Equal(0, (await host.ReportAsync("one")).Bytes.Delivered.High);
        Assert.Equal(SiloHost.Size, (await host.ReportAsync("two")).Bytes.Delivered.High);

        await host.Grains.GetGrain<IPublishedFileGrain>("two").UnpublishAsync();
        Assert.Null((await host.Http.AnnounceAsync(file, "late", 1005, SiloHost.Size)).FailureReason);
        await host.Grains.GetGrain<IPublishedFileGrain>("one").UnpublishAsync();
        Assert.NotNull((await host.Http.AnnounceAsync(file, "late", 1005, SiloHost.Size)).FailureReason);
    }

    /// <summary>One viewer: 400 000 bytes from the web seed, the rest from peers, as it says.</summary>
    private static async Task UseAsync(SiloHost host, InfoHash file)
    {
        await host.Http.AnnounceAsync(file, "viewer", 1001, SiloHost.Size, "&event=started");
        await host
            .Grains.GetGrain<ILedgerGrain>(0)
            .RecordSendsAsync(
                new SendReport(
                    "webseed/a",
                    "0123456789abcdef",
                    [new SendCounter(file.ToString(), "127.0.0.1", SendKind.WebSeed, Hour, 400_000)]
                )
            );
        await host.Http.AnnounceAsync(file, "viewer", 1001, 0, "&event=completed");
    }
}
