using Distribution.Contracts.Files;
using Distribution.Ingest.Contents;

namespace Distribution.Ingest.Torrents;

/// <summary>The torrent of an upload whose bytes are all there.</summary>
internal sealed record FinishedTorrent(FileContent Content, StoredTorrent Stored);
