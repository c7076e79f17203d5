using Distribution.Contracts.Accounts;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Accounts;
using Distribution.Silos.State;

namespace Distribution.Silos.Swarms;

/// <summary>Rows of <c>peer_switch</c>: one for each that is off, the whole server's without an id.</summary>
public sealed class PeerSwitchTable(StateDatabase database)
{
    private const string WholeServer = "";

    public Task<PeerSwitch> ReadAsync() => database.ReadAsync(Read);

    /// <param name="publisherId">Null: the whole server.</param>
    /// <param name="ifStill">What the switch must be before, else nothing is changed and the answer is false; null: anything.</param>
    public Task<bool> SetAsync(string? publisherId, bool isOff, AuditEntry log, PeerSwitch? ifStill = null) =>
        database.WriteAsync(session =>
        {
            if (ifStill is not null && !IsSame(Read(session), ifStill))
                return false;
            Set(session, publisherId, isOff, log);
            return true;
        });

    internal static bool IsOff(StateSession session, string publisherId) =>
        session.Scalar("SELECT COUNT(*) FROM peer_switch WHERE publisher_id = $1", publisherId) > 0;

    /// <param name="publisherId">Null: the whole server.</param>
    internal static void Set(StateSession session, string? publisherId, bool isOff, AuditEntry log)
    {
        int changed = session.Execute(
            isOff
                ? "INSERT INTO peer_switch (publisher_id) VALUES ($1) ON CONFLICT (publisher_id) DO NOTHING"
                : "DELETE FROM peer_switch WHERE publisher_id = $1",
            publisherId ?? WholeServer
        );
        // The same once more is no change, and nothing to tell of.
        if (changed > 0)
            AuditLog.Append(session, log);
    }

    private static PeerSwitch Read(StateSession session)
    {
        List<string> off = session.Query(
            "SELECT publisher_id FROM peer_switch ORDER BY publisher_id",
            static row => row.GetString(0)
        );
        bool all = off.Remove(WholeServer);
        return new PeerSwitch(all, off);
    }

    private static bool IsSame(PeerSwitch one, PeerSwitch other) =>
        one.IsOffForAll == other.IsOffForAll && one.PublishersOff.ToHashSet().SetEquals(other.PublishersOff);
}
