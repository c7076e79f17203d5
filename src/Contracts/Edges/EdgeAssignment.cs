namespace Distribution.Contracts.Edges;

/// <summary>One swarm to seed.</summary>
/// <param name="InfoHash">v1, 40 hexadecimal digits.</param>
/// <param name="TorrentUrl">Where its .torrent file is.</param>
/// <param name="WebSeedUrl">Where its bytes are; of a folder: with a slash at the end, and name and path are added to it (BEP 19).</param>
/// <param name="Dial">Viewers to connect to, "address:port"; those that are not complete, and those that say so before an edge saw it.</param>
/// <param name="UploadLimitBytesPerSecond">To the swarm's viewers together; 0: none of its own.</param>
/// <param name="IsHot">Many want it: the node fetches its pieces before they are asked for.</param>
/// <param name="BlockStatesUrl">Where the states of its blocks may be had, by which a block is checked before its piece is whole; null: nowhere.</param>
[GenerateSerializer, Immutable]
public sealed record EdgeAssignment(
    string InfoHash,
    string FileId,
    string TorrentUrl,
    string WebSeedUrl,
    IReadOnlyList<string> Dial,
    long UploadLimitBytesPerSecond = 0,
    bool IsHot = false,
    string? BlockStatesUrl = null
);
