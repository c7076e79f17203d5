using System.Buffers;
using Distribution.Contracts.Files;
using Distribution.Ingest.Contents;

namespace Distribution.Ingest.Uploads.Checksums;

/// <summary>
/// An upload whose checkpoints are held back, until the body that they are of has shown its checksum. Bytes are written, yet an upload
/// that is opened anew stands where it stood. What is held is hashes, not bytes.
/// </summary>
internal sealed class UnverifiedUpload(IContentUpload upload) : IContentUpload
{
    private readonly ArrayBufferWriter<byte> _hashes = new();
    private ReadOnlyMemory<byte> _state;
    private long? _reached;

    public ContentManifest Manifest => upload.Manifest;

    /// <summary>Not durable yet in truth: <see cref="KeepAsync"/> makes it so.</summary>
    public long DurableBytes => _reached ?? upload.DurableBytes;

    public ReadOnlyMemory<byte> PieceHashes => upload.PieceHashes;

    public ReadOnlyMemory<byte> HashState => _reached is null ? upload.HashState : _state;

    public ValueTask<StoreStatus> WriteAsync(long offset, ReadOnlyMemory<byte> data, CancellationToken cancellation) =>
        upload.WriteAsync(offset, data, cancellation);

    public ValueTask<int> WriteAsync(
        long offset,
        IReadOnlyList<ReadOnlyMemory<byte>> data,
        CancellationToken cancellation
    ) => upload.WriteAsync(offset, data, cancellation);

    public ValueTask<StoreStatus> CheckpointAsync(
        long offset,
        ReadOnlyMemory<byte> newPieceHashes,
        ReadOnlyMemory<byte> hashState,
        CancellationToken cancellation
    )
    {
        _reached = offset;
        _hashes.Write(newPieceHashes.Span);
        _state = hashState.ToArray();
        return ValueTask.FromResult(StoreStatus.Done);
    }

    /// <summary>Makes what was held back durable.</summary>
    public ValueTask<StoreStatus> KeepAsync(CancellationToken cancellation) =>
        _reached is { } offset
            ? upload.CheckpointAsync(offset, _hashes.WrittenMemory, _state, cancellation)
            : ValueTask.FromResult(StoreStatus.Done);

    public ValueTask<StoreStatus> CompleteAsync(
        FileContent content,
        StoredTorrent torrent,
        CancellationToken cancellation
    ) => throw new InvalidOperationException("The body is not verified.");

    /// <summary>The upload itself stays open: it is its session's.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
