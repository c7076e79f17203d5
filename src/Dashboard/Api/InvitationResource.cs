using Distribution.Contracts.Accounts;
using Distribution.Dashboard.Members;

namespace Distribution.Dashboard.Api;

/// <param name="Url">Only in the answer that made it: whoever opens it becomes a member, once.</param>
internal sealed record InvitationResource(
    string Id,
    string Role,
    string Note,
    string CreatedBy,
    DateTimeOffset ExpiresAt,
    string? Url
)
{
    public static InvitationResource Of(Invitation invitation, string? url = null) =>
        new(
            invitation.Id,
            PublisherMembers.Word(invitation.Role),
            invitation.Note,
            invitation.CreatedBy,
            invitation.ExpiresAt,
            url
        );
}
