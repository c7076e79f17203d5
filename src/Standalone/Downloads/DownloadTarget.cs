using Distribution.BitTorrent.Magnets;
using Distribution.BitTorrent.Metainfo;

namespace Distribution.Standalone.Downloads;

/// <summary>What is to be downloaded: a torrent that is known already, or a magnet link to one.</summary>
internal sealed record DownloadTarget(MagnetLink? Magnet, MetainfoFile? Torrent);
