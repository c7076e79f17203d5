using Distribution.BitTorrent;
using Distribution.Contracts.Files;
using Distribution.Ingest.Contents;
using Distribution.Ingest.Tests.Hosting;

namespace Distribution.Ingest.Tests.Contents;

/// <summary>What every <see cref="IContentStore"/> must do. A store's own test class derives from this and opens it.</summary>
public abstract partial class ContentStoreContract : ContentSamples
{
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

    [Theory]
    [InlineData(64 << 10, 128 << 10, 64 << 10)]
    [InlineData(64 << 10, 77, 100_000)]
    [InlineData(1, 64 << 10, 0)]
    public async Task Stretches_that_are_written_together_follow_one_another(int first, int second, int third)
    {
        IContentStore store = Open();
        byte[] content = Tus.RandomBytes(first + second + third);
        ContentManifest manifest = ManifestOf(content.Length);
        await using (IContentUpload upload = (await store.CreateAsync(manifest, default))!)
        {
            ReadOnlyMemory<byte>[] data =
            [
                content.AsMemory(0, first),
                content.AsMemory(first, second),
                content.AsMemory(first + second),
            ];
            Assert.Equal(3, await upload.WriteAsync(0, data, default));
            byte[] hashes = HashesOf(content, content.Length);
            Assert.Equal(
                StoreStatus.Done,
                await upload.CheckpointAsync(content.Length, hashes, StateAt(content.Length), default)
            );
            await upload.CompleteAsync(FactsOf(content, hashes), Torrent, TestContext.Current.CancellationToken);
        }
        Assert.Equal(content, await ReadAllAsync(Open(), manifest.FileId));
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

    [Theory]
    [InlineData(TorrentFormat.V1, false, false)]
    [InlineData(TorrentFormat.Hybrid, true, false)]
    [InlineData(TorrentFormat.V1, true, true)]
    public async Task Manifest_comes_back_whole(TorrentFormat format, bool isFolder, bool isPart)
    {
        byte[] content = Tus.RandomBytes(1000);
        ContentManifest manifest = ManifestOf(content.Length) with
        {
            Format = format,
            Files = isFolder ? [new("a/ä b.txt", 400), new("empty", 0), new("z", 600)] : null,
            Source = new ContentSource(ContentSourceKind.Url, ["https://example.org/a?b=c", "https://example.org/d"]),
            IsPart = isPart,
        };
        await using (IContentUpload created = (await Open().CreateAsync(manifest, default))!)
            AssertSame(manifest, created.Manifest);
        IContentStore store = Open();
        AssertSame(manifest, (await store.ListUploadsAsync(default).ToListAsync()).Single().Manifest);
        await using IContentUpload upload = (await store.OpenUploadAsync(manifest.FileId, default))!;
        AssertSame(manifest, upload.Manifest);
        await WriteAsync(upload, content, 0, content.Length);
        FileContent facts = FactsOf(content, upload.PieceHashes.Span) with
        {
            InfoHashV2 = format == TorrentFormat.Hybrid ? InfoHashV2.OfInfoDictionary("info"u8) : null,
        };
        await upload.CompleteAsync(facts, Torrent, default);
        StoredContent stored = (await Open().FindAsync(manifest.FileId, default))!;
        AssertSame(manifest, stored.Manifest);
        Assert.Equal(facts, stored.Content);

        static void AssertSame(ContentManifest expected, ContentManifest actual)
        {
            Assert.Equal(expected.Files, actual.Files);
            Assert.Equal(expected.Source!.Kind, actual.Source!.Kind);
            Assert.Equal(expected.Source.Locations, actual.Source.Locations);
            Assert.Equal(expected, actual with { Files = expected.Files, Source = expected.Source });
        }
    }

    [Fact]
    public async Task Checkpoint_may_lie_behind_what_is_written()
    {
        byte[] content = Tus.RandomBytes(13 << 20);
        ContentManifest manifest = ManifestOf(content.Length);
        const int written = 9 << 20;
        foreach (int durable in new[] { 0, 100, (4 << 20) - 1, 4 << 20, (4 << 20) + 1, written })
        {
            await using (IContentUpload upload = await OpenOrCreateAsync(manifest))
            {
                await upload.WriteAsync(
                    upload.DurableBytes,
                    content.AsMemory((int)upload.DurableBytes, written - (int)upload.DurableBytes),
                    default
                );
                await upload.CheckpointAsync(
                    durable,
                    HashesOf(content, durable).AsMemory(upload.PieceHashes.Length),
                    StateAt(durable),
                    default
                );
            }
            await using IContentUpload reopened = await OpenOrCreateAsync(manifest);
            Assert.Equal(durable, reopened.DurableBytes);
            Assert.Equal(StateAt(durable), reopened.HashState);
        }
        await using (IContentUpload upload = await OpenOrCreateAsync(manifest))
        {
            await WriteAsync(upload, content, written, content.Length);
            await upload.CompleteAsync(FactsOf(content, upload.PieceHashes.Span), Torrent, default);
        }
        Assert.Equal(content, await ReadAllAsync(Open(), manifest.FileId));

        async Task<IContentUpload> OpenOrCreateAsync(ContentManifest wanted) =>
            await Open().OpenUploadAsync(wanted.FileId, default) ?? (await Open().CreateAsync(wanted, default))!;
    }

    [Fact]
    public async Task Reads_anywhere_by_many_threads()
    {
        IContentStore store = Open();
        byte[] content = Tus.RandomBytes(9 << 20);
        string id = await StoreAsync(store, content);
        using IContentReader reader = (await store.OpenAsync(id, default))!;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(seed => Task.Run(() => ReadAtRandomAsync(seed))));

        async Task ReadAtRandomAsync(int seed)
        {
            var random = new Random(seed);
            var buffer = new byte[300_000];
            for (int turn = 0; turn < 10; turn++)
            {
                int offset = random.Next(content.Length);
                for (int step = 0; step < 4; step++)
                {
                    int read = await reader.ReadAsync(offset, buffer, default);
                    Assert.True(read > 0 || offset == content.Length);
                    Assert.True(content.AsSpan(offset, read).SequenceEqual(buffer.AsSpan(0, read)));
                    offset += read;
                }
            }
        }
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
        Assert.Null(await store.PublicUrlAsync(id, default));
        Assert.False(await store.DeleteAsync(id, default));
        await store.ConfirmAsync(id, default);
    }
}
