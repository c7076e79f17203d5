namespace Distribution.Dashboard.Access;

/// <summary>An OpenID Connect provider that members may sign in with.</summary>
/// <param name="Authority">Its issuer, where /.well-known/openid-configuration lies; https, or http on this machine.</param>
/// <param name="ClientId">As the provider knows this server.</param>
/// <param name="ClientSecret">Null: a public client, by PKCE alone.</param>
/// <param name="DisplayName">On the sign-in page.</param>
public sealed record OpenIdOptions(Uri Authority, string ClientId, string? ClientSecret, string DisplayName);
