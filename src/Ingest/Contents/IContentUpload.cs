using Distribution.Contracts.Files;

namespace Distribution.Ingest.Contents;

/// <summary>
/// An upload in progress, opened for writing by one caller at a time (the caller sees to that). After an exception or
/// <see cref="StoreStatus.Full"/> from <see cref="CheckpointAsync"/>, dispose it and open it again: what it has then is the truth.
/// </summary>
public interface IContentUpload : IAsyncDisposable
{
    ContentManifest Manifest { get; }

    /// <summary>All bytes below this offset, and what was checkpointed with it, survive kill -9 and power loss.</summary>
    long DurableBytes { get; }

    /// <summary>The piece hashes of all checkpoints one after another. The store does not look into them.</summary>
    ReadOnlyMemory<byte> PieceHashes { get; }

    /// <summary>
    /// The last checkpoint's state of the hashers, which goes on from <see cref="DurableBytes"/> exactly; empty before the first. The
    /// store does not look into it.
    /// </summary>
    ReadOnlyMemory<byte> HashState { get; }

    /// <summary>Writes where no checkpoint has been yet; in order, without gaps. Not durable by itself.</summary>
    /// <returns><see cref="StoreStatus.Full"/>: these bytes are not written; earlier ones are.</returns>
    ValueTask<StoreStatus> WriteAsync(long offset, ReadOnlyMemory<byte> data, CancellationToken cancellation);

    /// <summary>Writes stretches that follow one another, in one step where the store can.</summary>
    /// <returns>How many of them, from the first on; fewer than all where the store is full.</returns>
    async ValueTask<int> WriteAsync(
        long offset,
        IReadOnlyList<ReadOnlyMemory<byte>> data,
        CancellationToken cancellation
    )
    {
        int written = 0;
        foreach (ReadOnlyMemory<byte> stretch in data)
        {
            if (await WriteAsync(offset, stretch, cancellation) == StoreStatus.Full)
                break;
            offset += stretch.Length;
            written++;
        }
        return written;
    }

    /// <summary>
    /// Makes everything below <paramref name="offset"/> durable, then records the offset, the hashes of the pieces that were completed
    /// since the last checkpoint, and the state of the hashers there. May run beside writes beyond <paramref name="offset"/>.
    /// </summary>
    /// <exception cref="ArgumentException">The offset goes back, or lies beyond what was written or the size.</exception>
    ValueTask<StoreStatus> CheckpointAsync(
        long offset,
        ReadOnlyMemory<byte> newPieceHashes,
        ReadOnlyMemory<byte> hashState,
        CancellationToken cancellation
    );

    /// <summary>
    /// Keeps the states of a single file's blocks (<see cref="BitTorrent.Pieces.BlockStateMap"/>), which edges can do without: a store may keep none, and none has to be
    /// durable. Those that it loses it reads back as zeros, or the file has none at all.
    /// </summary>
    /// <param name="first">Index of the first one among the content's.</param>
    void KeepBlockStates(long first, ReadOnlySpan<byte> states) { }

    /// <summary>
    /// Turns the upload into a file of the store, in one step: after a crash it is one or the other. Needs all bytes durable.
    /// The file is unconfirmed until <see cref="IContentStore.ConfirmAsync"/>. Where the store has the same bytes already (size and
    /// SHA-256), it keeps them once.
    /// </summary>
    ValueTask<StoreStatus> CompleteAsync(FileContent content, StoredTorrent torrent, CancellationToken cancellation);
}
