using Distribution.Ingest.Contents;
using Distribution.Ingest.Contents.Folders;
using Distribution.Ingest.Tests.Hosting;

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

    protected override IContentStore Open() => new FolderContentStore(_folder.Path, minFreeBytes: 0);
}
