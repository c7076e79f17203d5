using Distribution.Contracts.Access;
using Distribution.Contracts.Accounts;
using Distribution.Contracts.Swarms;
using Orleans.Concurrency;

namespace Distribution.Silos.Accounts;

[StatelessWorker]
internal sealed class PublishersGrain(PublisherTable publishers, PublisherSettingsTable settings)
    : Grain,
        IPublishersGrain
{
    public async Task<IReadOnlyList<Publisher>> ListAsync() => await publishers.ListAsync();

    public Task CreateAsync(string publisherId, string name, AuditEntry log) =>
        publishers.CreateAsync(publisherId, name, log);

    public async Task<AccountChange> ChangeAsync(PublisherChange change, AuditEntry quotaLog, AuditEntry peersLog)
    {
        AccountChange changed = await publishers.ChangeAsync(change, quotaLog, peersLog);
        if (changed == AccountChange.Done && change.PeersOff is not null)
            await GrainFactory.GetGrain<IPeerSwitchGrain>(0).FollowAsync();
        return changed;
    }

    public async Task<IReadOnlyList<Member>> ListMembersAsync(string publisherId) =>
        await publishers.ListMembersAsync(publisherId);

    public Task<AccountChange> ChangeMemberAsync(
        string publisherId,
        string accountId,
        MemberRole? role,
        MemberRole? ifStill,
        AuditEntry log
    ) => publishers.ChangeMemberAsync(publisherId, accountId, role, ifStill, log);

    public Task<PublisherSettings> ReadSettingsAsync(string publisherId) => settings.ReadAsync(publisherId);

    public Task<AccountChange> StoreSettingsAsync(PublisherSettings changed, AuditEntry log) =>
        settings.StoreAsync(changed, log);

    public async Task<IReadOnlyList<Invitation>> ListInvitationsAsync(string publisherId) =>
        await publishers.ListInvitationsAsync(publisherId);

    public Task InviteAsync(Invitation invitation, string digest, AuditEntry log) =>
        publishers.InviteAsync(invitation, digest, log);

    public Task<AccountChange> WithdrawAsync(string publisherId, string invitationId, AuditEntry log) =>
        publishers.WithdrawAsync(publisherId, invitationId, log);

    public Task<Invitation?> FindInvitationAsync(string digest) => publishers.FindInvitationAsync(digest);

    public Task<AccountChange> AcceptAsync(string digest, string accountId, AuditEntry log) =>
        publishers.AcceptAsync(digest, accountId, log);
}
