namespace Distribution.Contracts.Accounts;

/// <summary>What a signed-in request is checked against, as it is now.</summary>
/// <param name="HasWayBack">It can sign in without a link: by password, passkey or an OpenID provider.</param>
/// <param name="Memberships">In the order of the publishers' names.</param>
[GenerateSerializer, Immutable]
public sealed record AccountSession(
    string Name,
    string SecurityStamp,
    bool IsOperator,
    bool HasWayBack,
    IReadOnlyList<Membership> Memberships
);
