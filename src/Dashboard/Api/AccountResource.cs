namespace Distribution.Dashboard.Api;

/// <param name="Name">What is typed to sign in.</param>
/// <param name="HasPassword">False: a change of the password needs no present one.</param>
/// <param name="IsOperator">It runs the server.</param>
/// <param name="Publishers">Whose member it is, in the order of their names.</param>
/// <param name="Logins">Identities at a provider (OpenID Connect) that sign in to it.</param>
internal sealed record AccountResource(
    string Id,
    string Name,
    DateTimeOffset CreatedAt,
    bool HasPassword,
    bool IsOperator,
    IReadOnlyList<MembershipResource> Publishers,
    IReadOnlyList<LoginResource> Logins
);
