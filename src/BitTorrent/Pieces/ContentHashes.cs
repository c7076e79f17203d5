using Distribution.BitTorrent.Merkle;

namespace Distribution.BitTorrent.Pieces;

/// <summary>All hashes of one file (or, for v1 alone, of several files one after another), ready for an info dictionary.</summary>
public sealed class ContentHashes
{
    internal ContentHashes(
        TorrentVersions versions,
        long lengthBytes,
        int pieceLengthBytes,
        ReadOnlyMemory<byte> v1Pieces,
        ReadOnlyMemory<byte>? paddedLastV1Piece,
        PieceLayer? layer
    )
    {
        Versions = versions;
        LengthBytes = lengthBytes;
        PieceLengthBytes = pieceLengthBytes;
        V1Pieces = v1Pieces;
        PaddedLastV1Piece = paddedLastV1Piece;
        Layer = layer;
    }

    public TorrentVersions Versions { get; }

    public long LengthBytes { get; }

    public int PieceLengthBytes { get; }

    /// <summary>The SHA-1s, 20 bytes a piece, the last over the content's own bytes; empty without v1.</summary>
    public ReadOnlyMemory<byte> V1Pieces { get; }

    /// <summary>
    /// The SHA-1 of the last piece with zeros to its end (BEP 47), which replaces the last of <see cref="V1Pieces"/> where a padding
    /// file follows; null where the last piece is whole or the padding was not hashed.
    /// </summary>
    public ReadOnlyMemory<byte>? PaddedLastV1Piece { get; }

    /// <summary>The v2 piece layer and root; null for empty content and without v2.</summary>
    public PieceLayer? Layer { get; }

    /// <summary>How many zeros bring the content to a piece's end; 0 for empty content.</summary>
    public long PaddingBytes => (PieceLengthBytes - LengthBytes % PieceLengthBytes) % PieceLengthBytes;

    /// <summary>True where a padding file may follow: nothing is to be padded, or the padded last piece is known.</summary>
    internal bool CanBePadded => PaddingBytes == 0 || PaddedLastV1Piece is not null;
}
