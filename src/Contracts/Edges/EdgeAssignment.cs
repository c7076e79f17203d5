namespace Distribution.Contracts.Edges;

/// <summary>One swarm to seed.</summary>
/// <param name="InfoHash">40 hexadecimal digits.</param>
/// <param name="TorrentUrl">Where its .torrent file is.</param>
/// <param name="WebSeedUrl">Where its bytes are.</param>
/// <param name="Dial">Viewers to connect to, "address:port"; only those that are not complete.</param>
[GenerateSerializer, Immutable]
public sealed record EdgeAssignment(
    string InfoHash,
    string FileId,
    string TorrentUrl,
    string WebSeedUrl,
    IReadOnlyList<string> Dial
);
