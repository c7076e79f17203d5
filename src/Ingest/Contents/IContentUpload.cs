using Distribution.Contracts.Files;

namespace Distribution.Ingest.Contents;

/// <summary>
/// An upload in progress, opened for writing by one caller at a time (the caller sees to that). After an exception or
/// <see cref="StoreStatus.Full"/> from <see cref="CheckpointAsync"/>, dispose it and open it again: what it has then is the truth.
/// </summary>
public interface IContentUpload : IAsyncDisposable
{
    ContentManifest Manifest { get; }

    /// <summary>All bytes below this offset, and the hashes of all whole pieces among them, survive kill -9 and power loss.</summary>
    long DurableBytes { get; }

    /// <summary>SHA-1s, 20 bytes each, of the pieces that are complete below <see cref="DurableBytes"/> (the last, short one included).</summary>
    ReadOnlyMemory<byte> PieceHashes { get; }

    /// <summary>Writes where no checkpoint has been yet; in order, without gaps. Not durable by itself.</summary>
    /// <returns><see cref="StoreStatus.Full"/>: these bytes are not written; earlier ones are.</returns>
    ValueTask<StoreStatus> WriteAsync(long offset, ReadOnlyMemory<byte> data, CancellationToken cancellation);

    /// <summary>Reads what was written, checkpointed or not. Zero at the end.</summary>
    ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellation);

    /// <summary>
    /// Makes everything below <paramref name="offset"/> durable, then records the offset and the hashes of the pieces that were
    /// completed since the last checkpoint. May run beside writes beyond <paramref name="offset"/>.
    /// </summary>
    /// <exception cref="ArgumentException">The number of hashes does not fit the offset.</exception>
    ValueTask<StoreStatus> CheckpointAsync(
        long offset,
        ReadOnlyMemory<byte> newPieceHashes,
        CancellationToken cancellation
    );

    /// <summary>
    /// Turns the upload into a file of the store, in one step: after a crash it is one or the other. Needs all bytes durable.
    /// The file is unconfirmed until <see cref="IContentStore.ConfirmAsync"/>.
    /// </summary>
    ValueTask<StoreStatus> CompleteAsync(
        FileContent content,
        ReadOnlyMemory<byte> infoDictionary,
        CancellationToken cancellation
    );
}
