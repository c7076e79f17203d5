using Distribution.BitTorrent;
using Distribution.Contracts.Files;

namespace Distribution.Contracts.Swarms;

/// <summary>What a swarm must know of its file.</summary>
/// <param name="InfoHash">v1: the swarm's own name, of a hybrid too.</param>
/// <param name="InfoHashV2">Of a hybrid: cut to 20 bytes it is the swarm's other name at the tracker and on the wire (BEP 52).</param>
[GenerateSerializer, Immutable]
public sealed record SwarmDefinition(
    string FileId,
    string PublisherId,
    InfoHash InfoHash,
    string Name,
    long SizeBytes,
    int PieceLengthBytes,
    PeerPolicy Policy,
    InfoHashV2? InfoHashV2 = null
);
