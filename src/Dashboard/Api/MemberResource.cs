using Distribution.Contracts.Accounts;
using Distribution.Dashboard.Members;

namespace Distribution.Dashboard.Api;

/// <param name="Id">The account's.</param>
internal sealed record MemberResource(string Id, string Name, string Role, DateTimeOffset Since)
{
    public static MemberResource Of(Member member) =>
        new(member.AccountId, member.Name, PublisherMembers.Word(member.Role), member.Since);
}
