using System.Data.Common;
using Distribution.Contracts.Access;
using Distribution.Contracts.Accounts;
using Distribution.Silos.State;
using Distribution.Silos.Swarms;

namespace Distribution.Silos.Accounts;

/// <summary>Publishers, their members, and the invitations that nobody has used yet.</summary>
public sealed class PublisherTable(StateDatabase database, TimeProvider clock) : IPublisherQuotas
{
    private const string Invitations =
        "SELECT i.invitation_id, i.publisher_id, p.name, i.role, i.note, i.created_by, i.expires_at FROM invitation i "
        + "JOIN publisher p ON p.publisher_id = i.publisher_id WHERE i.expires_at > $1 AND ";

    public Task<List<Publisher>> ListAsync() =>
        database.ReadAsync(static session =>
            session.Query(
                "SELECT p.publisher_id, p.name, p.created_at, "
                    + "(SELECT COUNT(*) FROM publisher_member m WHERE m.publisher_id = p.publisher_id), "
                    + "p.quota_bytes, COALESCE(f.files, 0), COALESCE(f.bytes, 0) FROM publisher p LEFT JOIN "
                    // A sum of BIGINT is a NUMERIC in PostgreSQL.
                    + "(SELECT publisher_id, COUNT(*) AS files, CAST(SUM(size_bytes) AS BIGINT) AS bytes FROM ledger_file "
                    + "WHERE is_open = 1 AND is_current = 1 GROUP BY publisher_id) f ON f.publisher_id = p.publisher_id "
                    + "ORDER BY p.name, p.publisher_id",
                static row => new Publisher(
                    row.GetString(0),
                    row.GetString(1),
                    Times.Of(row.GetInt64(2)),
                    (int)row.GetInt64(3),
                    row.IsDBNull(4) ? null : row.GetInt64(4),
                    (int)row.GetInt64(5),
                    row.GetInt64(6)
                )
            )
        );

    public Task<long?> FindAsync(string publisherId) =>
        database.ReadAsync(session =>
            session.TryQuery(
                "SELECT quota_bytes FROM publisher WHERE publisher_id = $1",
                static row => row.IsDBNull(0) ? (long?)null : row.GetInt64(0),
                out long? quotaBytes,
                publisherId
            )
                ? quotaBytes
                : null
        );

    /// <param name="quotaLog">Written where the quota is changed.</param>
    /// <param name="peersLog">Written where peer-to-peer is switched.</param>
    public Task<AccountChange> ChangeAsync(PublisherChange change, AuditEntry quotaLog, AuditEntry peersLog) =>
        database.WriteAsync(session =>
        {
            if (
                !session.TryQuery(
                    "SELECT quota_bytes FROM publisher WHERE publisher_id = $1",
                    static row => row.IsDBNull(0) ? (long?)null : row.GetInt64(0),
                    out long? quotaBytes,
                    change.PublisherId
                )
            )
                return AccountChange.Unknown;
            var now = new PublisherTerms(quotaBytes, PeerSwitchTable.IsOff(session, change.PublisherId));
            if (change.IfStill is not null && change.IfStill != now)
                return AccountChange.Conflict;
            if (change.Quota is { } quota)
            {
                session.Execute(
                    "UPDATE publisher SET quota_bytes = $1 WHERE publisher_id = $2",
                    quota.Bytes,
                    change.PublisherId
                );
                AuditLog.Append(session, quotaLog);
            }
            if (change.PeersOff is { } isOff)
                PeerSwitchTable.Set(session, change.PublisherId, isOff, peersLog);
            return AccountChange.Done;
        });

    public Task CreateAsync(string publisherId, string name, AuditEntry log) =>
        database.WriteAsync(session =>
        {
            session.Execute(
                "INSERT INTO publisher (publisher_id, name, created_at) VALUES ($1, $2, $3)",
                publisherId,
                name,
                Now()
            );
            AuditLog.Append(session, log);
        });

    public Task<List<Member>> ListMembersAsync(string publisherId) =>
        database.ReadAsync(session =>
            session.Query(
                "SELECT m.account_id, a.record, m.role, m.since FROM publisher_member m "
                    + "JOIN account a ON a.account_id = m.account_id WHERE m.publisher_id = $1 "
                    + "ORDER BY m.since, m.account_id",
                static row => new Member(
                    row.GetString(0),
                    AccountTable.Read(row.GetFieldValue<byte[]>(1)).Name,
                    (MemberRole)row.GetInt32(2),
                    Times.Of(row.GetInt64(3))
                ),
                publisherId
            )
        );

    public Task<AccountChange> ChangeMemberAsync(
        string publisherId,
        string accountId,
        MemberRole? role,
        MemberRole? ifStill,
        AuditEntry log
    ) =>
        database.WriteAsync(session =>
        {
            if (RoleOf(session, publisherId, accountId) is not { } current)
                return AccountChange.Unknown;
            if (ifStill is not null && ifStill != current)
                return AccountChange.Conflict;
            if (current == MemberRole.Owner && role != MemberRole.Owner && CountOwners(session, publisherId) == 1)
                return AccountChange.LastOwner;
            if (role is null)
                session.Execute(
                    "DELETE FROM publisher_member WHERE publisher_id = $1 AND account_id = $2",
                    publisherId,
                    accountId
                );
            else
                Put(session, publisherId, accountId, role.Value);
            AuditLog.Append(session, log);
            return AccountChange.Done;
        });

    /// <summary>Makes an account a member where it is none.</summary>
    public Task JoinAsync(string publisherId, string accountId, MemberRole role) =>
        database.WriteAsync(session =>
        {
            if (RoleOf(session, publisherId, accountId) is null)
                Put(session, publisherId, accountId, role);
        });

    public Task<List<Invitation>> ListInvitationsAsync(string publisherId) =>
        database.ReadAsync(session =>
            session.Query(Invitations + "i.publisher_id = $2 ORDER BY i.expires_at DESC", Read, Now(), publisherId)
        );

    public Task InviteAsync(Invitation invitation, string digest, AuditEntry log) =>
        database.WriteAsync(session =>
        {
            session.Execute("DELETE FROM invitation WHERE expires_at <= $1", Now());
            session.Execute(
                "INSERT INTO invitation (digest, invitation_id, publisher_id, role, note, created_by, expires_at) "
                    + "VALUES ($1, $2, $3, $4, $5, $6, $7)",
                digest,
                invitation.Id,
                invitation.PublisherId,
                (int)invitation.Role,
                invitation.Note,
                invitation.CreatedBy,
                invitation.ExpiresAt.ToUnixTimeMilliseconds()
            );
            AuditLog.Append(session, log);
        });

    public Task<AccountChange> WithdrawAsync(string publisherId, string invitationId, AuditEntry log) =>
        database.WriteAsync(session =>
        {
            int rows = session.Execute(
                "DELETE FROM invitation WHERE publisher_id = $1 AND invitation_id = $2",
                publisherId,
                invitationId
            );
            if (rows == 0)
                return AccountChange.Unknown;
            AuditLog.Append(session, log);
            return AccountChange.Done;
        });

    public Task<Invitation?> FindInvitationAsync(string digest) => database.ReadAsync(session => Find(session, digest));

    public Task<AccountChange> AcceptAsync(string digest, string accountId, AuditEntry log) =>
        database.WriteAsync(session =>
        {
            if (Find(session, digest) is not { } invitation)
                return AccountChange.Unknown;
            session.Execute("DELETE FROM invitation WHERE digest = $1", digest);
            if (!(RoleOf(session, invitation.PublisherId, accountId) >= invitation.Role))
                Put(session, invitation.PublisherId, accountId, invitation.Role);
            AuditLog.Append(session, log);
            return AccountChange.Done;
        });

    private Invitation? Find(StateSession session, string digest) =>
        session.TryQuery(Invitations + "i.digest = $2", Read, out Invitation found, Now(), digest) ? found : null;

    private void Put(StateSession session, string publisherId, string accountId, MemberRole role) =>
        session.Execute(
            "INSERT INTO publisher_member (publisher_id, account_id, role, since) VALUES ($1, $2, $3, $4) "
                + "ON CONFLICT (publisher_id, account_id) DO UPDATE SET role = excluded.role",
            publisherId,
            accountId,
            (int)role,
            Now()
        );

    private static MemberRole? RoleOf(StateSession session, string publisherId, string accountId) =>
        session.TryQuery(
            "SELECT role FROM publisher_member WHERE publisher_id = $1 AND account_id = $2",
            static row => (MemberRole)row.GetInt32(0),
            out MemberRole role,
            publisherId,
            accountId
        )
            ? role
            : null;

    private static long CountOwners(StateSession session, string publisherId) =>
        session.Scalar(
            "SELECT COUNT(*) FROM publisher_member WHERE publisher_id = $1 AND role = $2",
            publisherId,
            (int)MemberRole.Owner
        );

    private static Invitation Read(DbDataReader row) =>
        new(
            row.GetString(0),
            row.GetString(1),
            row.GetString(2),
            (MemberRole)row.GetInt32(3),
            row.GetString(4),
            row.GetString(5),
            Times.Of(row.GetInt64(6))
        );

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
