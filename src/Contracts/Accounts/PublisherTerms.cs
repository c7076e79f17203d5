namespace Distribution.Contracts.Accounts;

/// <summary>What the operator has set for a publisher.</summary>
/// <param name="QuotaBytes">0: none; null: the server's own.</param>
/// <param name="PeersOff">Peer-to-peer is switched off for its files.</param>
[GenerateSerializer, Immutable]
public sealed record PublisherTerms(long? QuotaBytes, bool PeersOff);
