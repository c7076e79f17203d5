using Distribution.Ingest.Contents;
using Distribution.Ingest.Contents.Folders;
using Distribution.Ingest.Tests.Hosting;
using Distribution.Tests.Shared;

namespace Distribution.Ingest.Tests.Contents;

public sealed class FolderContentStoreTests : ContentStoreContract, IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Torn_journal_gives_the_last_whole_checkpoint()
    {
        byte[] content = Tus.RandomBytes(600_000);
        ContentManifest manifest = ManifestOf(content.Length);
        int[] checkpoints = [0, 100, 300_000, 550_000, 600_000];
        await using (IContentUpload upload = (await Open().CreateAsync(manifest, default))!)
        {
            for (int i = 1; i < checkpoints.Length; i++)
                await WriteAsync(upload, content, checkpoints[i - 1], checkpoints[i]);
        }
        string journal = Path.Combine(_folder.Path, "uploads", manifest.FileId, "journal");
        byte[] whole = await File.ReadAllBytesAsync(journal);
        var seen = new SortedSet<long>();
        for (int length = whole.Length; length >= 8; length--)
        {
            // As power can leave it: cut off, or cut off with rubbish in place of what was not written.
            byte[][] torn =
            [
                whole[..length],
                [.. whole[..length], .. new byte[30]],
                [.. whole[..length], .. Tus.RandomBytes(50)],
            ];
            foreach (byte[] bytes in torn)
            {
                await File.WriteAllBytesAsync(journal, bytes);
                await using IContentUpload upload = (await Open().OpenUploadAsync(manifest.FileId, default))!;
                Assert.Contains((int)upload.DurableBytes, checkpoints);
                Assert.Equal(HashesOf(content, (int)upload.DurableBytes), upload.PieceHashes.ToArray());
                seen.Add(upload.DurableBytes);
            }
        }
        Assert.Equal(checkpoints.Select(c => (long)c), seen);
        // And it goes on from there.
        await using (IContentUpload upload = (await Open().OpenUploadAsync(manifest.FileId, default))!)
            await WriteAsync(upload, content, 0, content.Length);
        await using IContentUpload again = (await Open().OpenUploadAsync(manifest.FileId, default))!;
        Assert.Equal(content.Length, again.DurableBytes);
    }

    [Fact]
    public async Task Data_shorter_than_its_journal_is_damage_and_said_so()
    {
        byte[] content = Tus.RandomBytes(1000);
        ContentManifest manifest = ManifestOf(2000);
        await using (IContentUpload upload = (await Open().CreateAsync(manifest, default))!)
        {
            await upload.WriteAsync(0, content, default);
            await upload.CheckpointAsync(1000, default, default, default);
        }
        await File.WriteAllBytesAsync(Path.Combine(_folder.Path, "uploads", manifest.FileId, "data"), content[..999]);
        await Assert.ThrowsAsync<InvalidDataException>(async () =>
            await Open().OpenUploadAsync(manifest.FileId, default)
        );
        Assert.True(await Open().DeleteAsync(manifest.FileId, default));
    }

    [Fact]
    public async Task Below_the_low_water_mark_nothing_is_written()
    {
        var store = new FolderContentStore(_folder.Path, minFreeBytes: long.MaxValue / 2);
        Assert.Equal(0, store.FreeBytes);
        await using IContentUpload upload = (await store.CreateAsync(ManifestOf(2000), default))!;
        Assert.Equal(StoreStatus.Full, await upload.WriteAsync(0, new byte[100], default));
    }

    [Fact]
    public async Task What_a_crash_leaves_of_shared_bytes_is_swept_at_the_start()
    {
        byte[] content = Tus.RandomBytes(1000);
        string first = await StoreAsync(Open(), content);
        string second = await StoreAsync(Open(), content);
        string shared = Directory.GetDirectories(Path.Combine(_folder.Path, "contents")).Single();
        // Deleted by half: the file is gone, its name among the contents is not.
        Directory.Delete(Path.Combine(_folder.Path, "files", first), recursive: true);
        Assert.Equal(2, Directory.GetFiles(shared).Length);
        Open();
        Assert.Equal(second, Path.GetFileName(Directory.GetFiles(shared).Single()));
        Assert.Equal(content, await ReadAllAsync(Open(), second));
        Directory.Delete(Path.Combine(_folder.Path, "files", second), recursive: true);
        Open();
        Assert.False(Directory.Exists(shared));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Completion_that_a_crash_cut_off_is_done_again(bool replaced)
    {
        byte[] content = Tus.RandomBytes(1000);
        string first = await StoreAsync(Open(), content);
        ContentManifest manifest = ManifestOf(content.Length);
        await using (IContentUpload upload = (await Open().CreateAsync(manifest, default))!)
            await WriteAsync(upload, content, 0, content.Length);
        // As it stands after the link was made, and before or after it took the data's place.
        string data = Path.Combine(_folder.Path, "uploads", manifest.FileId, "data");
        Assert.True(DurableFiles.TryLink(Path.Combine(_folder.Path, "files", first, "data"), data + ".shared"));
        if (replaced)
            File.Move(data + ".shared", data, overwrite: true);
        await using (IContentUpload upload = (await Open().OpenUploadAsync(manifest.FileId, default))!)
            await upload.CompleteAsync(FactsOf(content, upload.PieceHashes.Span), Torrent, default);
        Assert.Equal(1, await CountCopiesAsync());
        Assert.False(File.Exists(Path.Combine(_folder.Path, "files", manifest.FileId, "data.shared")));
        Assert.True(await Open().DeleteAsync(first, default));
        Assert.Equal(content, await ReadAllAsync(Open(), manifest.FileId));
    }

    [Fact]
    public async Task Where_links_cannot_be_made_each_file_has_its_own_bytes()
    {
        byte[] content = Tus.RandomBytes(1000);
        IContentStore store = Open();
        // No folder of links can be made where a file has its name.
        string contents = Path.Combine(_folder.Path, "contents");
        Directory.Delete(contents);
        await File.WriteAllBytesAsync(contents, []);
        string[] ids = [await StoreAsync(store, content), await StoreAsync(store, content)];
        Assert.Equal(2, await CountCopiesAsync());
        Assert.True(await store.DeleteAsync(ids[0], default));
        Assert.Equal(content, await ReadAllAsync(store, ids[1]));
    }

    protected override async Task<int> CountCopiesAsync()
    {
        string[] files = Directory.GetFiles(_folder.Path, "data*", SearchOption.AllDirectories);
        string[] links = Directory.Exists(Path.Combine(_folder.Path, "contents"))
            ? Directory.GetFiles(Path.Combine(_folder.Path, "contents"), "*", SearchOption.AllDirectories)
            : [];
        if (files.Length + links.Length == 0)
            return 0;
        ToolResult inodes = await ExternalTool.RunAsync("stat", ["-c", "%i", .. files, .. links]);
        return inodes.Succeeded().Split('\n', StringSplitOptions.RemoveEmptyEntries).Distinct().Count();
    }

    protected override IContentStore Open() => new FolderContentStore(_folder.Path, minFreeBytes: 0);
}
