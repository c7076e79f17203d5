using Distribution.BitTorrent.Wire;

namespace Distribution.EdgeSeeder.Cache;

/// <summary>The verified pieces of one torrent, as an engine sends them. Any thread may call.</summary>
public interface IPieceSource
{
    /// <summary>A piece that is at hand. The caller releases it when its bytes are no longer read.</summary>
    bool TryTake(int piece, out VerifiedPiece? taken);

    /// <summary>
    /// A piece, from wherever it is; verified against the info dictionary before it is given out. The caller releases it. Null: it
    /// cannot be had now, after retries; ask again later.
    /// </summary>
    ValueTask<VerifiedPiece?> TakeAsync(int piece, CancellationToken cancellation);

    /// <summary>
    /// The piece of a block, as soon as that block is verified: others may be still to come (<see cref="VerifiedPiece.Has"/>). A source that does not
    /// know so soon gives whole pieces.
    /// </summary>
    bool TryTakeBlock(BlockRequest block, out VerifiedPiece? taken) => TryTake(block.Piece, out taken);

    /// <summary>As <see cref="TakeAsync"/>, but as soon as the block is verified.</summary>
    ValueTask<VerifiedPiece?> TakeBlockAsync(BlockRequest block, CancellationToken cancellation) =>
        TakeAsync(block.Piece, cancellation);

    /// <summary>Says that a piece will be asked for soon. Indices outside the torrent are passed over.</summary>
    void Prefetch(int piece);

    /// <summary>Says that a piece's memory could not be read: it is dropped and had anew.</summary>
    void Discard(VerifiedPiece unreadable);
}
