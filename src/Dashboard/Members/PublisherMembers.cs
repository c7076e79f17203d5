using System.Security.Claims;
using Distribution.Contracts.Access;
using Distribution.Contracts.Accounts;
using Distribution.Contracts.Links;
using Distribution.Dashboard.Access;
using Distribution.Dashboard.Text;
using Microsoft.AspNetCore.Http;

namespace Distribution.Dashboard.Members;

/// <summary>The publisher's members and invitations, and the server's publishers, for API and pages alike.</summary>
internal sealed class PublisherMembers(
    IGrainFactory grains,
    IHttpContextAccessor http,
    AuditTrail audit,
    PublicUrls urls,
    TimeProvider time
)
{
    public const int MaxNoteLength = 100;
    public const int MaxNameLength = 100;

    public static readonly TimeSpan InvitationLifetime = TimeSpan.FromDays(7);

    private ClaimsPrincipal User => http.HttpContext!.User;

    private string Publisher => AccessClaims.PublisherOf(User);

    private IPublishersGrain Grain => grains.GetGrain<IPublishersGrain>(0);

    public Task<IReadOnlyList<Member>> ListAsync() => Grain.ListMembersAsync(Publisher);

    public Task<IReadOnlyList<Invitation>> ListInvitationsAsync() => Grain.ListInvitationsAsync(Publisher);

    /// <param name="role">Null: no member any more.</param>
    /// <param name="ifStill">The role that the member must have before; null: any.</param>
    public Task<AccountChange> ChangeAsync(string accountId, MemberRole? role, MemberRole? ifStill = null) =>
        Grain.ChangeMemberAsync(
            Publisher,
            accountId,
            role,
            ifStill,
            role is null
                ? audit.Entry("member.removed", accountId)
                : audit.Entry("member.role-changed", accountId, Word(role.Value))
        );

    public Task<NewInvitation> InviteAsync(MemberRole role, string note) => InviteAsync(Publisher, "", role, note);

    public async Task<bool> WithdrawAsync(string invitationId) =>
        await Grain.WithdrawAsync(Publisher, invitationId, audit.Entry("invitation.withdrawn", invitationId))
        == AccountChange.Done;

    public Task<Invitation?> FindInvitationAsync(string? token) =>
        token?.Length == Secrets.Length
            ? Grain.FindInvitationAsync(Secrets.Digest(token))
            : Task.FromResult<Invitation?>(null);

    /// <summary>Makes an account a member, once an invitation.</summary>
    public async Task<bool> AcceptAsync(string token, Invitation invitation, Account account) =>
        await Grain.AcceptAsync(
            Secrets.Digest(token),
            account.Id,
            audit.EntryOf(
                invitation.PublisherId,
                account.Name,
                "member.joined",
                account.Id,
                $"{Word(invitation.Role)}, invited by {invitation.CreatedBy}"
            )
        ) == AccountChange.Done;

    public Task<IReadOnlyList<Publisher>> ListPublishersAsync() => Grain.ListAsync();

    /// <summary>A new publisher, and the invitation for its first owner: who runs the server gets no way in.</summary>
    public async Task<(NewInvitation? Owner, Refusal? Error)> CreatePublisherAsync(string? name)
    {
        string clean = name?.Trim() ?? "";
        if (clean.Length is 0 or > MaxNameLength || clean.Any(char.IsControl))
            return (null, new Refusal("A publisher has a name of 1 to {0} characters.", MaxNameLength));
        string id = Secrets.CreateId();
        await Grain.CreateAsync(
            id,
            clean,
            audit.ServerEntry("publisher.created", User.Identity?.Name ?? "", id, clean)
        );
        return (await InviteAsync(id, clean, MemberRole.Owner, "first owner"), null);
    }

    private async Task<NewInvitation> InviteAsync(
        string publisherId,
        string publisherName,
        MemberRole role,
        string note
    )
    {
        string token = Secrets.Create();
        string by = User.Identity?.Name ?? "";
        var invitation = new Invitation(
            Secrets.CreateId(),
            publisherId,
            publisherName,
            role,
            note.Length <= MaxNoteLength ? note : note[..MaxNoteLength],
            by,
            time.GetUtcNow() + InvitationLifetime
        );
        await Grain.InviteAsync(
            invitation,
            Secrets.Digest(token),
            audit.EntryOf(publisherId, by, "invitation.made", invitation.Id, $"{Word(role)}: {invitation.Note}")
        );
        return new NewInvitation(invitation, $"{urls.Base}/invitation?token={token}");
    }

    public static string Word(MemberRole role) => role.ToString().ToLowerInvariant();

    /// <summary>False: it is no role's name.</summary>
    public static bool TryReadRole(string? text, out MemberRole role) =>
        Enum.TryParse(text, ignoreCase: true, out role) && Word(role) == text?.ToLowerInvariant();
}
