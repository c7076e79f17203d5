namespace Distribution.Dashboard.Keys;

/// <summary>A key that somebody wants.</summary>
/// <param name="Name">What it is for.</param>
/// <param name="Scopes">Of "read", "upload", "manage" and "administer".</param>
/// <param name="LifetimeDays">Null: until it is revoked.</param>
internal sealed record KeyWish(string? Name, IReadOnlyList<string>? Scopes, int? LifetimeDays);
