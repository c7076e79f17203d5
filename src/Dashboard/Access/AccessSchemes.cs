namespace Distribution.Dashboard.Access;

/// <summary>Authentication schemes and the claim that the policies ask for.</summary>
internal static class AccessSchemes
{
    /// <summary>Picks one of the two below: the key where there is an Authorization header, else the cookie.</summary>
    public const string Any = "distribution";

    public const string Cookie = "distribution-cookie";
    public const string Key = "distribution-key";

    /// <summary>Its value is the name of the policy that it fulfils.</summary>
    public const string RoleClaim = "role";
}
