namespace Distribution.Dashboard.Access;

/// <summary>Authentication schemes.</summary>
internal static class AccessSchemes
{
    /// <summary>Picks one of the two below: the key where there is an Authorization header, else the cookie.</summary>
    public const string Any = "distribution";

    /// <summary>What ASP.NET Core Identity signs in by.</summary>
    public const string Cookie = "Identity.Application";

    /// <summary>Who an OpenID provider says that it is, until the sign-in is done.</summary>
    public const string External = "Identity.External";
    public const string Key = "distribution-key";
}
