using Distribution.Ingest.Contents;
using Distribution.Ingest.Contents.Azure;
using Distribution.Ingest.Tests.Hosting;

namespace Distribution.Ingest.Tests.Contents.Azure;

/// <summary>The store goes away for a while: a real emulator that is ended and started again.</summary>
public sealed class AzureOutageTests : ContentSamples, IAsyncLifetime
{
    private readonly AzuriteServer _azurite = new();

    public ValueTask InitializeAsync() => _azurite.InitializeAsync();

    public ValueTask DisposeAsync() => _azurite.DisposeAsync();

    [Fact]
    public async Task Upload_and_reader_wait_while_the_store_is_away_and_go_on()
    {
        var network = FaultyNetwork.Watched();
        var place = new AzureTestStore(_azurite);
        AzureContentStore store = place.Open(each: network);
        byte[] content = Tus.RandomBytes(40 << 20);
        ContentManifest manifest = ManifestOf(content.Length);
        await using IContentUpload upload = (await store.CreateAsync(manifest, default))!;
        await WriteAsync(upload, content, 0, 6 << 20);
        await _azurite.StopAsync();
        // More than the store may hold in memory: the writer has to wait.
        Task writing = Task.Run(() => WriteAsync(upload, content, 6 << 20, content.Length));
        await network.Failed;
        Assert.False(writing.IsCompleted);
        await _azurite.StartAsync();
        await writing;
        await upload.CompleteAsync(FactsOf(content, upload.PieceHashes.Span), Torrent, default);
        Assert.Equal(content, await ReadAllAsync(place.Open(), manifest.FileId));

        var watched = FaultyNetwork.Watched();
        using IContentReader reader = (await place.Open(each: watched).OpenAsync(manifest.FileId, default))!;
        var buffer = new byte[1000];
        await _azurite.StopAsync();
        Task<int> reading = Task.Run(async () => await reader.ReadAsync(30 << 20, buffer, default));
        await watched.Failed;
        await _azurite.StartAsync();
        Assert.Equal(buffer.Length, await reading);
        Assert.True(content.AsSpan(30 << 20, buffer.Length).SequenceEqual(buffer));
    }

    [Fact]
    public async Task Beyond_its_patience_it_fails_and_the_upload_goes_on_from_its_checkpoint()
    {
        var place = new AzureTestStore(_azurite);
        AzureStoreOptions impatient = AzureTestStore.Options with { Patience = TimeSpan.FromMilliseconds(100) };
        byte[] content = Tus.RandomBytes(10 << 20);
        ContentManifest manifest = ManifestOf(content.Length);
        await using (IContentUpload created = (await place.Open().CreateAsync(manifest, default))!)
            await WriteAsync(created, content, 0, 5 << 20);
        await using (IContentUpload upload = (await place.Open(impatient).OpenUploadAsync(manifest.FileId, default))!)
        {
            await _azurite.StopAsync();
            IOException fault = await Assert.ThrowsAnyAsync<IOException>(() =>
                WriteAsync(upload, content, 5 << 20, content.Length)
            );
            Assert.DoesNotContain("AccountKey", fault.ToString(), StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("Eby8vdM02x", fault.ToString(), StringComparison.Ordinal);
        }
        await _azurite.StartAsync();
        await using (IContentUpload upload = (await place.Open().OpenUploadAsync(manifest.FileId, default))!)
        {
            Assert.Equal(5 << 20, upload.DurableBytes);
            await WriteAsync(upload, content, 5 << 20, content.Length);
            await upload.CompleteAsync(FactsOf(content, upload.PieceHashes.Span), Torrent, default);
        }
        Assert.Equal(content, await ReadAllAsync(place.Open(), manifest.FileId));
    }
}
