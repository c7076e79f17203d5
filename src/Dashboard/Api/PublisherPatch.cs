namespace Distribution.Dashboard.Api;

/// <summary>What is missing stays as it is.</summary>
/// <param name="QuotaBytes">All files and uploads together; 0: none; -1: the server's own again.</param>
/// <param name="PeersOff">True: no viewer of its files is named to another from the next announces on.</param>
internal sealed record PublisherPatch(long? QuotaBytes, bool? PeersOff);
