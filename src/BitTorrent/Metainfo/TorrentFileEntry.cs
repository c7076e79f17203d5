namespace Distribution.BitTorrent.Metainfo;

/// <summary>One file of a torrent.</summary>
/// <param name="Path">Path elements below the torrent's name; empty for a single-file torrent.</param>
/// <param name="LengthBytes">The file's size.</param>
public sealed record TorrentFileEntry(IReadOnlyList<string> Path, long LengthBytes);
