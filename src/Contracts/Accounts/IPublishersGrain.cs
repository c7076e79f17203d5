using Distribution.Contracts.Access;

namespace Distribution.Contracts.Accounts;

/// <summary>Publishers, their members and invitations. Stateless: any activation answers, key 0.</summary>
public interface IPublishersGrain : IGrainWithIntegerKey
{
    Task<IReadOnlyList<Publisher>> ListAsync();

    Task CreateAsync(string publisherId, string name, AuditEntry log);

    /// <summary>Followed by every silo that answers when it returns.</summary>
    /// <param name="quotaLog">Written where the quota is changed.</param>
    /// <param name="peersLog">Written where peer-to-peer is switched.</param>
    Task<AccountChange> ChangeAsync(PublisherChange change, AuditEntry quotaLog, AuditEntry peersLog);

    Task<IReadOnlyList<Member>> ListMembersAsync(string publisherId);

    /// <param name="role">Null: no member any more.</param>
    /// <param name="ifStill">The role that the member must have before, else it is a conflict; null: any.</param>
    Task<AccountChange> ChangeMemberAsync(
        string publisherId,
        string accountId,
        MemberRole? role,
        MemberRole? ifStill,
        AuditEntry log
    );

    Task<PublisherSettings> ReadSettingsAsync(string publisherId);

    /// <summary>Stores what was made of the settings of that version; where they are others by now it is a conflict.</summary>
    Task<AccountChange> StoreSettingsAsync(PublisherSettings settings, AuditEntry log);

    Task<IReadOnlyList<Invitation>> ListInvitationsAsync(string publisherId);

    /// <param name="digest">SHA-256 of the link's token.</param>
    Task InviteAsync(Invitation invitation, string digest, AuditEntry log);

    Task<AccountChange> WithdrawAsync(string publisherId, string invitationId, AuditEntry log);

    /// <summary>Null: there is none of that token, or it is too old.</summary>
    Task<Invitation?> FindInvitationAsync(string digest);

    /// <summary>Uses the invitation up. Who is a member already keeps the higher role.</summary>
    Task<AccountChange> AcceptAsync(string digest, string accountId, AuditEntry log);
}
