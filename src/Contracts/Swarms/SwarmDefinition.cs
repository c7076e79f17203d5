using Distribution.BitTorrent;
using Distribution.Contracts.Files;

namespace Distribution.Contracts.Swarms;

/// <summary>What a swarm must know of its file.</summary>
[GenerateSerializer, Immutable]
public sealed record SwarmDefinition(
    string FileId,
    string PublisherId,
    InfoHash InfoHash,
    string Name,
    long SizeBytes,
    int PieceLengthBytes,
    PeerPolicy Policy
);
