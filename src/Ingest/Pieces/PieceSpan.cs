namespace Distribution.Ingest.Pieces;

/// <summary>Where a piece's own bytes lie in the content's stream, without padding.</summary>
/// <param name="Start">The first byte.</param>
/// <param name="End">Behind the last byte.</param>
public readonly record struct PieceSpan(long Start, long End);
