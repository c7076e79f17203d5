using Distribution.BitTorrent.Metainfo;

namespace Distribution.Standalone.Downloads;

/// <summary>A download that is whole.</summary>
/// <param name="Path">The file or folder.</param>
/// <param name="Sha256">Of a single file, 64 hexadecimal digits; null for a folder.</param>
/// <param name="Took">From the command's start until everything was there.</param>
internal sealed record DownloadResult(
    string Path,
    TorrentInfo Torrent,
    string? Sha256,
    DownloadFigures Figures,
    TimeSpan Took
);
