namespace Distribution.Contracts.Accounts;

/// <summary>An identity at an OpenID provider that signs in to an account.</summary>
/// <param name="Provider">The issuer.</param>
/// <param name="Key">The issuer's "sub", which it never gives to somebody else.</param>
/// <param name="DisplayName">For people.</param>
[GenerateSerializer, Immutable]
public sealed record AccountLogin(string Provider, string Key, string DisplayName);
