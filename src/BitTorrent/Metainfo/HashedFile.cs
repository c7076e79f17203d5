using Distribution.BitTorrent.Pieces;

namespace Distribution.BitTorrent.Metainfo;

/// <summary>A file of a folder that becomes a torrent.</summary>
/// <param name="Path">Path elements below the folder, at least one.</param>
/// <param name="Hashes">The file's hashes, made with <c>inFolder</c> where v1 is wanted.</param>
public sealed record HashedFile(IReadOnlyList<string> Path, ContentHashes Hashes);
