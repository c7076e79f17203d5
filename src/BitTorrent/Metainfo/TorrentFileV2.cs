using Distribution.BitTorrent.Merkle;

namespace Distribution.BitTorrent.Metainfo;

/// <summary>One file of a v2 or hybrid torrent (BEP 52, "file tree layout").</summary>
/// <param name="Path">Path elements below the torrent's name; empty for a single-file torrent.</param>
/// <param name="LengthBytes">The file's size.</param>
/// <param name="PiecesRoot">The root of its merkle tree; null for an empty file.</param>
/// <param name="FirstPiece">The index of its first piece, where it begins; for an empty file, of the next file's.</param>
/// <param name="PieceCount">Its pieces, shared with no other file; 0 for an empty file.</param>
public sealed record TorrentFileV2(
    IReadOnlyList<string> Path,
    long LengthBytes,
    MerkleHash? PiecesRoot,
    int FirstPiece,
    int PieceCount
);
