using Distribution.Contracts.Files;
using Distribution.Silos.Files;
using Distribution.Silos.State;
using Distribution.Silos.Tests.State;

namespace Distribution.Silos.Tests.Files;

/// <summary>What the catalog does, on every store of the state.</summary>
public abstract class FileCatalogContract : IAsyncLifetime
{
    private ITestStore? _store;
    private StateDatabase? _database;
    private FileCatalog _catalog = null!;

    public async ValueTask InitializeAsync()
    {
        _store = NewStore();
        _database = await _store.OpenAsync();
        _catalog = new FileCatalog(_database);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_database is not null)
            await _database.DisposeAsync();
        _store?.Dispose();
    }

    private protected abstract ITestStore NewStore();

    [Fact]
    public async Task Lists_newest_first_page_by_page()
    {
        // Two of each minute, so that the order within a moment matters too.
        for (int i = 0; i < 10; i++)
            await _catalog.StoreAsync(FileLifeTests.NewFile($"f{i}", minutes: i / 2));
        await _catalog.StoreAsync(FileLifeTests.NewFile("other", "somebody-else"));

        var seen = new List<string>();
        string? cursor = null;
        do
        {
            FilePage page = await _catalog.ListAsync("default", cursor, 3);
            Assert.InRange(page.Files.Count, 1, 3);
            seen.AddRange(page.Files.Select(static file => file.Id));
            cursor = page.NextCursor;
        } while (cursor is not null);

        Assert.Equal(Enumerable.Range(0, 10).Reverse().Select(static i => $"f{i}"), seen);
    }

    [Fact]
    public async Task Unpublished_files_of_all_publishers_are_listed_page_by_page()
    {
        for (int i = 0; i < 6; i++)
        {
            PublishedFile file = FileLifeTests.NewFile($"f{i}", i % 2 == 0 ? "default" : "other", minutes: i);
            await _catalog.StoreAsync(file with { State = i == 3 ? FileState.Published : FileState.Unpublished });
        }

        FilePage first = await _catalog.ListUnpublishedAsync(null, 3);
        FilePage second = await _catalog.ListUnpublishedAsync(first.NextCursor, 3);

        Assert.Equal(["f5", "f4", "f2"], first.Files.Select(static file => file.Id));
        Assert.Equal(["f1", "f0"], second.Files.Select(static file => file.Id));
        Assert.Null(second.NextCursor);
    }

    [Fact]
    public async Task Versions_of_one_file_are_found_from_its_first()
    {
        PublishedFile first = FileLifeTests.NewFile("f1");
        PublishedFile second = FileLifeTests.NewFile("f2", minutes: 1) with { Replaces = "f1", FirstVersionId = "f1" };
        PublishedFile third = FileLifeTests.NewFile("f3", minutes: 2) with { Replaces = "f2", FirstVersionId = "f1" };
        foreach (PublishedFile file in (PublishedFile[])[third, FileLifeTests.NewFile("alone"), first, second])
            await _catalog.StoreAsync(file);
        // As a record of a version that is stored again.
        await _catalog.StoreAsync(second with { State = FileState.Published });

        Assert.Equal(["f3", "f2", "f1"], (await _catalog.ListVersionsAsync("default", "f1")).Select(file => file.Id));
        Assert.Equal(["alone"], (await _catalog.ListVersionsAsync("default", "alone")).Select(file => file.Id));
        Assert.Empty(await _catalog.ListVersionsAsync("other", "f1"));
    }

    [Fact]
    public async Task A_record_reads_back_whole_and_is_replaced()
    {
        PublishedFile file = FileLifeTests.NewFile() with
        {
            State = FileState.Published,
            Content = new FileContent(Ledgers.LedgerHarness.HashOf("x"), 1, 2, "abc"),
            PublishedAt = DateTimeOffset.UnixEpoch,
            Policy = PeerPolicy.Off,
            FailureReason = "none",
        };
        await _catalog.StoreAsync(FileLifeTests.NewFile());
        long revision = await _catalog.ReadRevisionAsync();
        await _catalog.StoreAsync(file);

        Assert.Equal(file, await _catalog.FindAsync("f1"));
        Assert.Equal([file], await _catalog.ListPublishedAsync());
        Assert.Equal([file], (await _catalog.ListAsync("default", "nonsense", 0)).Files);
        Assert.NotEqual(revision, await _catalog.ReadRevisionAsync());
        Assert.Null(await _catalog.FindAsync("unknown"));
    }
}
