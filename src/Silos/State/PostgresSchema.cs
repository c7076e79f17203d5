namespace Distribution.Silos.State;

/// <summary>
/// The tables in PostgreSQL: the state's, from the same text as SQLite's, and the cluster's. Made and brought up to date in one
/// transaction under a lock, so that silos that start together do not race.
/// </summary>
internal static class PostgresSchema
{
    private const long SchemaLock = 0x4469_7374_5363_6865;

    public static void Apply(StateSession session)
    {
        session.Execute($"BEGIN; SELECT pg_advisory_xact_lock({SchemaLock})");
        try
        {
            session.Execute(
                "CREATE TABLE IF NOT EXISTS distribution_schema (part TEXT NOT NULL PRIMARY KEY, version BIGINT NOT NULL)"
            );
            BringUp(session, "state", [.. StateSchema.Steps.Select(InPostgres)]);
            BringUp(session, "cluster", ClusterSchema.Steps);
            session.Execute("COMMIT");
        }
        catch (StateUnavailableException)
        {
            session.Execute("ROLLBACK");
            throw;
        }
    }

    private static void BringUp(StateSession session, string part, IReadOnlyList<string> steps)
    {
        long version = session.Scalar("SELECT version FROM distribution_schema WHERE part = $1", part);
        if (version > steps.Count)
            throw new StateUnavailableException(
                $"The database's {part} tables were written by a later version of the program ({version}; this one knows {steps.Count})."
            );
        if (version == steps.Count)
            return;
        foreach (string step in steps.Skip((int)version))
            session.Execute(step);
        session.Execute(
            "INSERT INTO distribution_schema (part, version) VALUES ($1, $2) "
                + "ON CONFLICT (part) DO UPDATE SET version = excluded.version",
            part,
            (long)steps.Count
        );
    }

    private static string InPostgres(string sqlite) =>
        sqlite
            .Replace(" WITHOUT ROWID", "", StringComparison.Ordinal)
            .Replace(" BLOB", " BYTEA", StringComparison.Ordinal);
}
