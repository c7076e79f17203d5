using Distribution.Contracts.Files;
using Distribution.Ingest.Contents;

namespace Distribution.Ingest.Tests.Hosting;

/// <summary>A store that takes no byte of an upload until it is let go; then it is full.</summary>
internal sealed class StalledStore(IContentStore inner) : StoreAround(inner)
{
    private readonly TaskCompletionSource _letGo = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override long? FreeBytes => null;

    public void LetGo() => _letGo.TrySetResult();

    public override async ValueTask<IContentUpload?> CreateAsync(
        ContentManifest manifest,
        CancellationToken cancellation
    ) => Stalled(await base.CreateAsync(manifest, cancellation));

    public override async ValueTask<IContentUpload?> OpenUploadAsync(string fileId, CancellationToken cancellation) =>
        Stalled(await base.OpenUploadAsync(fileId, cancellation));

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
