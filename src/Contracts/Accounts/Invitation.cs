using Distribution.Contracts.Access;

namespace Distribution.Contracts.Accounts;

/// <summary>A link, not used yet, that makes whoever opens it a member.</summary>
/// <param name="Id">Names it without giving its secret away.</param>
/// <param name="Note">Whom it is for, in the inviter's words.</param>
/// <param name="CreatedBy">The inviter's name.</param>
[GenerateSerializer, Immutable]
public sealed record Invitation(
    string Id,
    string PublisherId,
    string PublisherName,
    MemberRole Role,
    string Note,
    string CreatedBy,
    DateTimeOffset ExpiresAt
);
