using System.Security.Cryptography;
using System.Text;
using Distribution.BitTorrent;
using Distribution.Contracts.Files;
using Distribution.Ingest.Contents;
using Distribution.Ingest.Tests.Hosting;

namespace Distribution.Ingest.Tests.Contents;

/// <summary>What every <see cref="IContentStore"/> must do. A store's own test class derives from this and opens it.</summary>
public abstract class ContentStoreContract
{
    private const int PieceLength = 256 << 10;

    private static readonly StoredTorrent Torrent = new("info"u8.ToArray(), "layers"u8.ToArray());

    /// <summary>Opens the store; called again on the same place, it must find what was durable.</summary>
    protected abstract IContentStore Open();

    [Fact]
    public async Task Upload_grows_by_checkpoints_and_becomes_a_file()
    {
        IContentStore store = Open();
        byte[] content = Tus.RandomBytes(PieceLength + 1000);
        ContentManifest manifest = ManifestOf(content.Length);
        await using (IContentUpload upload = (await store.CreateAsync(manifest, default))!)
        {
            Assert.Equal(0, upload.DurableBytes);
            await WriteAsync(upload, content, 0, 1000);
            await WriteAsync(upload, content, 1000, content.Length);
            Assert.Equal(2 * 20, upload.PieceHashes.Length);
            Assert.Null(await store.FindAsync(manifest.FileId, default));
            Assert.Null(await store.OpenAsync(manifest.FileId, default));
            FileContent facts = FactsOf(content, upload.PieceHashes.Span);
            Assert.Equal(
                StoreStatus.Done,
                await upload.CompleteAsync(facts, Torrent, TestContext.Current.CancellationToken)
            );
        }
        foreach (IContentStore opened in new[] { store, Open() })
        {
            StoredContent? stored = await opened.FindAsync(manifest.FileId, default);
            Assert.Equal(new StoredContent(manifest, FactsOf(content, HashesOf(content, content.Length))), stored);
            StoredTorrent torrent = (await opened.ReadTorrentAsync(manifest.FileId, default))!;
            Assert.Equal("info"u8.ToArray(), torrent.InfoDictionary);
            Assert.Equal("layers"u8.ToArray(), torrent.PieceLayers);
            Assert.Equal(content, await ReadAllAsync(opened, manifest.FileId));
            Assert.Null(await opened.OpenUploadAsync(manifest.FileId, default));
            Assert.Empty(await opened.ListUploadsAsync(default).ToListAsync());
            Assert.Equal(manifest.FileId, (await opened.ListAsync(default).ToListAsync()).Single().Manifest.FileId);
        }
    }

    [Fact]
    public async Task Reopened_upload_stands_at_its_last_checkpoint()
    {
        byte[] content = Tus.RandomBytes(3 * PieceLength);
        ContentManifest manifest = ManifestOf(content.Length);
        await using (IContentUpload upload = (await Open().CreateAsync(manifest, default))!)
        {
            await WriteAsync(upload, content, 0, 2 * PieceLength + 77);
            // Written and not checkpointed: it may be there or not, but nobody may count on it.
            await upload.WriteAsync(upload.DurableBytes, new byte[500], default);
        }
        IContentStore store = Open();
        OpenUpload listed = (await store.ListUploadsAsync(default).ToListAsync()).Single();
        Assert.Equal(manifest, listed.Manifest);
        Assert.Equal(2 * PieceLength + 77, listed.DurableBytes);
        await using IContentUpload reopened = (await store.OpenUploadAsync(manifest.FileId, default))!;
        Assert.Equal(2 * PieceLength + 77, reopened.DurableBytes);
        Assert.Equal(HashesOf(content, 2 * PieceLength), reopened.PieceHashes.ToArray());
        Assert.Equal(StateAt(2 * PieceLength + 77), reopened.HashState);
        await WriteAsync(reopened, content, 2 * PieceLength + 77, content.Length);
        Assert.Equal(HashesOf(content, content.Length), reopened.PieceHashes.ToArray());
    }

    [Fact]
    public async Task File_is_unconfirmed_until_somebody_confirms_it()
    {
        IContentStore store = Open();
        string id = await StoreAsync(store, Tus.RandomBytes(10));
        Assert.Equal(id, (await Open().ListUnconfirmedAsync(default).ToListAsync()).Single().Manifest.FileId);
        await store.ConfirmAsync(id, default);
        await store.ConfirmAsync(id, default);
        Assert.Empty(await Open().ListUnconfirmedAsync(default).ToListAsync());
        Assert.NotNull(await store.FindAsync(id, default));
    }

    [Fact]
    public async Task Deleted_is_gone_and_open_readers_finish()
    {
        IContentStore store = Open();
        byte[] content = Tus.RandomBytes(1000);
        string id = await StoreAsync(store, content);
        using IContentReader reader = (await store.OpenAsync(id, default))!;
        Assert.True(await store.DeleteAsync(id, default));
        Assert.False(await store.DeleteAsync(id, default));
        Assert.Null(await store.FindAsync(id, default));
        var read = new byte[1000];
        Assert.Equal(1000, await reader.ReadAsync(0, read, default));
        Assert.Equal(content, read);

        ContentManifest manifest = ManifestOf(10);
        await (await store.CreateAsync(manifest, default))!.DisposeAsync();
        Assert.True(await store.DeleteAsync(manifest.FileId, default));
        Assert.Null(await store.OpenUploadAsync(manifest.FileId, default));
        Assert.Empty(await store.ListUploadsAsync(default).ToListAsync());
    }

    [Fact]
    public async Task Checkpoint_that_goes_back_or_beyond_the_end_is_refused()
    {
        IContentStore store = Open();
        await using IContentUpload upload = (await store.CreateAsync(ManifestOf(2000), default))!;
        await upload.WriteAsync(0, new byte[1000], default);
        await upload.CheckpointAsync(1000, default, default, default);
        foreach (long offset in new[] { 999L, 2001L })
            await Assert.ThrowsAsync<ArgumentException>(async () =>
                await upload.CheckpointAsync(offset, default, default, default)
            );
        await Assert.ThrowsAsync<InvalidOperationException>(async () =>
            await upload.CompleteAsync(FactsOf([], []), Torrent, default)
        );
        Assert.Equal(1000, upload.DurableBytes);
    }

    [Fact]
    public async Task Reads_give_what_is_there_and_nothing_past_the_end()
    {
        IContentStore store = Open();
        byte[] content = Tus.RandomBytes(5000);
        string id = await StoreAsync(store, content);
        using IContentReader reader = (await store.OpenAsync(id, default))!;
        Assert.Equal(5000, reader.LengthBytes);
        var buffer = new byte[100];
        Assert.Equal(10, await reader.ReadAsync(4990, buffer, default));
        Assert.Equal(content[4990..], buffer[..10]);
        Assert.Equal(0, await reader.ReadAsync(5000, buffer, default));
    }

    [Fact]
    public async Task Unknown_ids_are_null()
    {
        IContentStore store = Open();
        string id = FileIds.Create();
        Assert.Null(await store.FindAsync(id, default));
        Assert.Null(await store.OpenAsync(id, default));
        Assert.Null(await store.OpenUploadAsync(id, default));
        Assert.Null(await store.ReadTorrentAsync(id, default));
    }

    protected static ContentManifest ManifestOf(long size) =>
        new()
        {
            FileId = FileIds.Create(),
            PublisherId = "somebody",
            Name = "Füße.mp4",
            Title = "Feet",
            ContentType = "video/mp4",
            SizeBytes = size,
            PieceLengthBytes = PieceLength,
            CreatedAt = DateTimeOffset.UnixEpoch.AddDays(20_000),
            UploadMetadata = "filename Rg==",
        };

    /// <summary>Writes content[from..to] and checkpoints it.</summary>
    protected static async Task WriteAsync(IContentUpload upload, byte[] content, int from, int to)
    {
        Assert.Equal(StoreStatus.Done, await upload.WriteAsync(from, content.AsMemory(from, to - from), default));
        byte[] hashes = HashesOf(content, to)[upload.PieceHashes.Length..];
        Assert.Equal(StoreStatus.Done, await upload.CheckpointAsync(to, hashes, StateAt(to), default));
        Assert.Equal(to, upload.DurableBytes);
    }

    /// <summary>Of the pieces that are complete below an offset.</summary>
    protected static byte[] HashesOf(byte[] content, int offset)
    {
        int end = offset == content.Length ? offset : offset / PieceLength * PieceLength;
        return
        [
            .. Enumerable
                .Range(0, (end + PieceLength - 1) / PieceLength)
                .SelectMany(p =>
                    SHA1.HashData(content.AsSpan(p * PieceLength, Math.Min(PieceLength, end - p * PieceLength)))
                ),
        ];
    }

    protected static byte[] StateAt(int offset) => Encoding.ASCII.GetBytes($"at {offset}");

    private static FileContent FactsOf(byte[] content, ReadOnlySpan<byte> hashes) =>
        new(
            InfoHash.OfInfoDictionary(hashes),
            PieceLength,
            hashes.Length / 20,
            Convert.ToHexStringLower(SHA256.HashData(content))
        );

    private static async Task<string> StoreAsync(IContentStore store, byte[] content)
    {
        ContentManifest manifest = ManifestOf(content.Length);
        await using IContentUpload upload = (await store.CreateAsync(manifest, default))!;
        await WriteAsync(upload, content, 0, content.Length);
        await upload.CompleteAsync(
            FactsOf(content, upload.PieceHashes.Span),
            Torrent,
            TestContext.Current.CancellationToken
        );
        return manifest.FileId;
    }

    private static async Task<byte[]> ReadAllAsync(IContentStore store, string id)
    {
        using IContentReader reader = (await store.OpenAsync(id, default))!;
        var content = new byte[reader.LengthBytes];
        int at = 0;
        while (at < content.Length)
            at += await reader.ReadAsync(at, content.AsMemory(at), default);
        return content;
    }
}
