namespace Distribution.Ingest.Pieces;

/// <summary>A stretch of a content behind which all hashes stand.</summary>
/// <param name="End">All bytes below this offset are hashed.</param>
/// <param name="PieceRecords">The records of the pieces that ended in it (<see cref="PieceMap.RecordBytes"/> each).</param>
/// <param name="State">From which a later hasher goes on at <paramref name="End"/>.</param>
/// <param name="BlockStates">The states of the blocks that ended in it (<see cref="BitTorrent.Pieces.BlockStateMap"/>); without v1 none.</param>
public readonly record struct HashedStretch(
    long End,
    ReadOnlyMemory<byte> PieceRecords,
    ReadOnlyMemory<byte> State,
    ReadOnlyMemory<byte> BlockStates = default
);
