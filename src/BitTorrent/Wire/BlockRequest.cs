namespace Distribution.BitTorrent.Wire;

/// <summary>A block of a piece: the body of request, cancel and reject (BEP 3, BEP 6).</summary>
/// <param name="Piece">Index.</param>
/// <param name="OffsetBytes">From the piece's start.</param>
public readonly record struct BlockRequest(int Piece, int OffsetBytes, int LengthBytes)
{
    /// <summary>What clients ask for.</summary>
    public const int StandardBytes = 16 * 1024;
}
