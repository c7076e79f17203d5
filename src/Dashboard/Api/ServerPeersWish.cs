namespace Distribution.Dashboard.Api;

/// <param name="Off">True: no viewer is named to another from the next announces on.</param>
internal sealed record ServerPeersWish(bool? Off);
