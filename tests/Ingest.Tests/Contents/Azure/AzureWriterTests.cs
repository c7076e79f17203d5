using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Distribution.Ingest.Contents;
using Distribution.Ingest.Contents.Azure;
using Distribution.Ingest.Tests.Hosting;

namespace Distribution.Ingest.Tests.Contents.Azure;

/// <summary>Two writers, damage, and what Azure does by itself to an upload in progress.</summary>
public sealed class AzureWriterTests(AzuriteServer azurite) : ContentSamples, IClassFixture<AzuriteServer>
{
    private readonly AzureTestStore _place = new(azurite);

    [Fact]
    public async Task Of_two_writers_one_goes_on_and_the_other_hears_why_not()
    {
        AzureContentStore store = _place.Open();
        byte[] content = Tus.RandomBytes(9 << 20);
        ContentManifest manifest = ManifestOf(content.Length);
        await using IContentUpload first = (await store.CreateAsync(manifest, default))!;
        await using IContentUpload second = (await _place.Open().OpenUploadAsync(manifest.FileId, default))!;
        await WriteAsync(first, content, 0, 5 << 20);
        // Other bytes for the same blocks: none of them may end in the file.
        await second.WriteAsync(0, Tus.RandomBytes(9 << 20), default);
        IOException refused = await Assert.ThrowsAsync<IOException>(async () =>
            await second.CheckpointAsync(9 << 20, default, default, default)
        );
        Assert.Contains("Another writer", refused.Message, StringComparison.Ordinal);
        await WriteAsync(first, content, 5 << 20, content.Length);
        await first.CompleteAsync(FactsOf(content, first.PieceHashes.Span), Torrent, default);
        Assert.Equal(content, await ReadAllAsync(_place.Open(), manifest.FileId));
    }

    [Fact]
    public async Task Writer_of_a_deleted_upload_hears_that()
    {
        AzureContentStore store = _place.Open();
        ContentManifest manifest = ManifestOf(1000);
        await using IContentUpload upload = (await store.CreateAsync(manifest, default))!;
        await upload.WriteAsync(0, new byte[1000], default);
        Assert.True(await _place.Open().DeleteAsync(manifest.FileId, default));
        await Assert.ThrowsAsync<IOException>(async () =>
            await upload.CheckpointAsync(1000, default, default, default)
        );
        await store.Sweep.RunAsync(default);
        Assert.Empty(await _place.NamesAsync());
    }

    [Theory]
    [InlineData(3 << 20)]
    [InlineData(5 << 20)]
    public async Task Staged_blocks_that_Azure_dropped_are_damage_and_said_so(int written)
    {
        AzureContentStore store = _place.Open();
        byte[] content = Tus.RandomBytes(8 << 20);
        ContentManifest manifest = ManifestOf(content.Length);
        await using (IContentUpload upload = (await store.CreateAsync(manifest, default))!)
        {
            await WriteAsync(upload, content, 0, written);
            await WriteAsync(upload, content, written, content.Length);
            await DropStagedAsync(manifest.FileId);
            InvalidDataException late = await Assert.ThrowsAsync<InvalidDataException>(async () =>
                await upload.CompleteAsync(FactsOf(content, upload.PieceHashes.Span), Torrent, default)
            );
            Assert.Contains("within a week", late.Message, StringComparison.Ordinal);
        }
        InvalidDataException damage = await Assert.ThrowsAsync<InvalidDataException>(async () =>
            await store.OpenUploadAsync(manifest.FileId, default)
        );
        Assert.Contains("2 of 2 staged blocks", damage.Message, StringComparison.Ordinal);
        Assert.True(await store.DeleteAsync(manifest.FileId, default));
        Assert.Empty(await _place.NamesAsync());
    }

    [Fact]
    public async Task Damaged_records_are_said_so_and_can_be_deleted()
    {
        AzureContentStore store = _place.Open();
        foreach (string blob in new[] { "journal", "manifest" })
        {
            ContentManifest manifest = ManifestOf(1000);
            await using (IContentUpload upload = (await store.CreateAsync(manifest, default))!)
                await WriteAsync(upload, new byte[1000], 0, 500);
            await _place
                .Raw.GetBlobClient($"uploads/{manifest.FileId}/{blob}")
                .UploadAsync(new BinaryData(Tus.RandomBytes(100)), overwrite: true);
            await Assert.ThrowsAsync<InvalidDataException>(async () =>
                await store.OpenUploadAsync(manifest.FileId, default)
            );
            Assert.Empty(await store.ListUploadsAsync(default).ToListAsync());
            Assert.True(await store.DeleteAsync(manifest.FileId, default));
        }
        Assert.Empty(await _place.NamesAsync());
    }

    [Fact]
    public async Task Bytes_that_changed_under_a_file_are_not_given_out()
    {
        AzureContentStore store = _place.Open();
        byte[] content = Tus.RandomBytes(1000);
        string id = await StoreAsync(store, content);
        using IContentReader reader = (await store.OpenAsync(id, default))!;
        string blob = (await _place.NamesAsync("bytes/")).Single();
        await _place.Raw.GetBlobClient(blob).UploadAsync(new BinaryData(new byte[1000]), overwrite: true);
        await Assert.ThrowsAsync<IOException>(async () => await reader.ReadAsync(0, new byte[100], default));
    }

    [Fact]
    public async Task Blob_says_what_a_browser_and_a_CDN_need_to_know()
    {
        var options = AzureTestStore.Options with { PublicUrl = new Uri("https://cdn.example/content/") };
        AzureContentStore store = _place.Open(options);
        string id = await StoreAsync(store, Tus.RandomBytes(1000));
        string blob = (await _place.NamesAsync("bytes/")).Single();
        Assert.Equal(new Uri($"https://cdn.example/content/{blob}"), await store.PublicUrlAsync(id, default));
        Assert.Null(await _place.Open().PublicUrlAsync(id, default));
        BlobProperties properties = await _place.Raw.GetBlobClient(blob).GetPropertiesAsync();
        Assert.Equal("video/mp4", properties.ContentType);
        Assert.Equal(
            "attachment; filename=\"F__e.mp4\"; filename*=UTF-8''F%C3%BC%C3%9Fe.mp4",
            properties.ContentDisposition
        );
    }

    [Fact]
    public async Task Open_reader_keeps_the_bytes_until_the_sweep_after_it()
    {
        AzureContentStore store = _place.Open();
        string id = await StoreAsync(store, Tus.RandomBytes(1000));
        using (IContentReader reader = (await store.OpenAsync(id, default))!)
        {
            Assert.True(await store.DeleteAsync(id, default));
            await store.Sweep.RunAsync(default);
            Assert.Equal(100, await reader.ReadAsync(0, new byte[100], default));
        }
        await store.Sweep.RunAsync(default);
        Assert.Empty(await _place.NamesAsync());
    }

    /// <summary>What Azure does a week after the last block was staged.</summary>
    private async Task DropStagedAsync(string id)
    {
        BlockBlobClient blob = _place.Raw.GetBlockBlobClient($"bytes/{id}");
        await blob.CommitBlockListAsync([]);
        await blob.DeleteAsync();
    }
}
