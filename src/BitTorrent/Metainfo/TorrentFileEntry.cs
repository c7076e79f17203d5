namespace Distribution.BitTorrent.Metainfo;

/// <summary>One file of a torrent.</summary>
/// <param name="Path">Path elements below the torrent's name; empty for a single-file torrent.</param>
/// <param name="LengthBytes">The file's size.</param>
/// <param name="IsPadding">
/// Zeros that bring the next file to a piece's beginning (BEP 47): part of the pieces, but no file to anybody.
/// </param>
public sealed record TorrentFileEntry(IReadOnlyList<string> Path, long LengthBytes, bool IsPadding = false);
