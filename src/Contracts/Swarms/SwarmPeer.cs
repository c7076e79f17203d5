using System.Net;
using Distribution.BitTorrent;

namespace Distribution.Contracts.Swarms;

/// <summary>A peer as handed out. <paramref name="PeerId"/> is null where it is not known (an edge before its first connection).</summary>
[GenerateSerializer, Immutable]
public readonly record struct SwarmPeer(IPEndPoint Endpoint, PeerId? PeerId);
