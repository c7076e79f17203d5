namespace Distribution.Dashboard.Api;

/// <param name="Off">For the whole server.</param>
/// <param name="PublishersOff">Ids of publishers for whom it is off by themselves.</param>
internal sealed record ServerPeersResource(bool Off, IReadOnlyList<string> PublishersOff);
