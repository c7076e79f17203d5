using Distribution.Contracts.Access;
using Microsoft.Extensions.Localization;

namespace Distribution.Dashboard.Members;

/// <summary>Roles in the page's language; the API's words are <see cref="PublisherMembers.Word"/>.</summary>
internal static class RoleText
{
    /// <summary>"owner".</summary>
    public static string Of(MemberRole role, IStringLocalizer words) =>
        role switch
        {
            MemberRole.Owner => words["owner"],
            MemberRole.Editor => words["editor"],
            _ => words["analyst"],
        };

    /// <summary>"Owner".</summary>
    public static string Title(MemberRole role, IStringLocalizer words)
    {
        string word = Of(role, words);
        return char.ToUpperInvariant(word[0]) + word[1..];
    }

    /// <summary>"an owner".</summary>
    public static string WithArticle(MemberRole role, IStringLocalizer words) =>
        role switch
        {
            MemberRole.Owner => words["an owner"],
            MemberRole.Editor => words["an editor"],
            _ => words["an analyst"],
        };
}
