namespace Distribution.Silos.Edges;

/// <summary>How a token is wished for.</summary>
/// <param name="ExpiresInSeconds">From a minute to 30 days; null: a day.</param>
internal sealed record EdgeTokenWish(int? ExpiresInSeconds);
