namespace Distribution.Dashboard.Access;

/// <summary>A link that signs one browser in, once.</summary>
/// <param name="Url">The portal's address with the token.</param>
/// <param name="ExpiresAt">It no longer works from here on.</param>
public sealed record SignInLink(string Url, DateTimeOffset ExpiresAt);
