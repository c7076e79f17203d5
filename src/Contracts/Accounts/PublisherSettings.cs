using Distribution.Contracts.Files;

namespace Distribution.Contracts.Accounts;

/// <summary>What a publisher has set for all of its files.</summary>
/// <param name="DefaultPolicy">Of files that are uploaded or imported from now on.</param>
/// <param name="Contract">Under which its reports are reckoned, JSON; null: the server's.</param>
/// <param name="Version">How often it was changed; 0: never.</param>
[GenerateSerializer, Immutable]
public sealed record PublisherSettings(string PublisherId, PeerPolicy DefaultPolicy, string? Contract, long Version);
