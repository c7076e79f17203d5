using Distribution.Contracts.Files;
using Distribution.Ingest.Contents;

namespace Distribution.Ingest.Tests.Hosting;

/// <summary>A store that takes no byte of an upload until it is let go; then it is full.</summary>
internal sealed class StalledStore(IContentStore inner) : IContentStore
{
    private readonly TaskCompletionSource _letGo = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public long? FreeBytes => null;

    public void LetGo() => _letGo.TrySetResult();

    public async ValueTask<IContentUpload?> CreateAsync(ContentManifest manifest, CancellationToken cancellation) =>
        Stalled(await inner.CreateAsync(manifest, cancellation));

    public async ValueTask<IContentUpload?> OpenUploadAsync(string fileId, CancellationToken cancellation) =>
        Stalled(await inner.OpenUploadAsync(fileId, cancellation));

    public IAsyncEnumerable<OpenUpload> ListUploadsAsync(CancellationToken cancellation) =>
        inner.ListUploadsAsync(cancellation);

    public ValueTask<StoredContent?> FindAsync(string fileId, CancellationToken cancellation) =>
        inner.FindAsync(fileId, cancellation);

    public IAsyncEnumerable<StoredContent> ListAsync(CancellationToken cancellation) => inner.ListAsync(cancellation);

    public ValueTask<IContentReader?> OpenAsync(string fileId, CancellationToken cancellation) =>
        inner.OpenAsync(fileId, cancellation);

    public ValueTask<StoredTorrent?> ReadTorrentAsync(string fileId, CancellationToken cancellation) =>
        inner.ReadTorrentAsync(fileId, cancellation);

    public IAsyncEnumerable<StoredContent> ListUnconfirmedAsync(CancellationToken cancellation) =>
        inner.ListUnconfirmedAsync(cancellation);

    public ValueTask ConfirmAsync(string fileId, CancellationToken cancellation) =>
        inner.ConfirmAsync(fileId, cancellation);

    public ValueTask<bool> DeleteAsync(string fileId, CancellationToken cancellation) =>
        inner.DeleteAsync(fileId, cancellation);

    private StalledUpload? Stalled(IContentUpload? upload) =>
        upload is null ? null : new StalledUpload(upload, _letGo.Task);

    private sealed class StalledUpload(IContentUpload inner, Task letGo) : IContentUpload
    {
        public ContentManifest Manifest => inner.Manifest;

        public long DurableBytes => inner.DurableBytes;

        public ReadOnlyMemory<byte> PieceHashes => inner.PieceHashes;

        public ReadOnlyMemory<byte> HashState => inner.HashState;

        public async ValueTask<StoreStatus> WriteAsync(
            long offset,
            ReadOnlyMemory<byte> data,
            CancellationToken cancellation
        )
        {
            await letGo.WaitAsync(cancellation);
            return StoreStatus.Full;
        }

        public ValueTask<StoreStatus> CheckpointAsync(
            long offset,
            ReadOnlyMemory<byte> newPieceHashes,
            ReadOnlyMemory<byte> hashState,
            CancellationToken cancellation
        ) => inner.CheckpointAsync(offset, newPieceHashes, hashState, cancellation);

        public ValueTask<StoreStatus> CompleteAsync(
            FileContent content,
            StoredTorrent torrent,
            CancellationToken cancellation
        ) => inner.CompleteAsync(content, torrent, cancellation);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
