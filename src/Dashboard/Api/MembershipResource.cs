using Distribution.Contracts.Accounts;
using Distribution.Dashboard.Members;

namespace Distribution.Dashboard.Api;

/// <param name="Id">The publisher's.</param>
/// <param name="Role">"owner", "editor" or "analyst".</param>
internal sealed record MembershipResource(string Id, string Name, string Role)
{
    public static MembershipResource Of(Membership membership) =>
        new(membership.PublisherId, membership.PublisherName, PublisherMembers.Word(membership.Role));
}
