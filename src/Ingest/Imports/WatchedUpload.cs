using Distribution.Contracts.Files;
using Distribution.Ingest.Contents;

namespace Distribution.Ingest.Imports;

/// <summary>An upload whose checkpoints are seen by those who ask how far it is.</summary>
internal sealed class WatchedUpload(IContentUpload upload, SourceFeed feed) : IContentUpload
{
    public ContentManifest Manifest => upload.Manifest;

    public long DurableBytes => upload.DurableBytes;

    public ReadOnlyMemory<byte> PieceHashes => upload.PieceHashes;

    public ReadOnlyMemory<byte> HashState => upload.HashState;

    public ValueTask<StoreStatus> WriteAsync(long offset, ReadOnlyMemory<byte> data, CancellationToken cancellation) =>
        upload.WriteAsync(offset, data, cancellation);

    public ValueTask<int> WriteAsync(
        long offset,
        IReadOnlyList<ReadOnlyMemory<byte>> data,
        CancellationToken cancellation
    ) => upload.WriteAsync(offset, data, cancellation);

    public async ValueTask<StoreStatus> CheckpointAsync(
        long offset,
        ReadOnlyMemory<byte> newPieceHashes,
        ReadOnlyMemory<byte> hashState,
        CancellationToken cancellation
    )
    {
        StoreStatus status = await upload.CheckpointAsync(offset, newPieceHashes, hashState, cancellation);
        feed.DurableBytes = upload.DurableBytes;
        return status;
    }

    public ValueTask<StoreStatus> CompleteAsync(
        FileContent content,
        StoredTorrent torrent,
        CancellationToken cancellation
    ) => upload.CompleteAsync(content, torrent, cancellation);

    /// <summary>The upload itself stays open: it is its session's.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
