using Distribution.BitTorrent;

namespace Distribution.Silos.Edges.Fleet;

/// <summary>One swarm that a node is to seed.</summary>
/// <param name="IsListed">Viewers are told of the node, and it is told of them; otherwise it only goes on with those it has.</param>
/// <param name="IsHot">Many want it: the node is to have it before they ask.</param>
/// <param name="UploadLimitBytesPerSecond">0: none.</param>
[GenerateSerializer, Immutable]
internal sealed record SwarmOrder(InfoHash InfoHash, bool IsListed, bool IsHot, long UploadLimitBytesPerSecond);
