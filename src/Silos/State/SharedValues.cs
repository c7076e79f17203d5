namespace Distribution.Silos.State;

/// <summary>Small values that all silos of a cluster must have alike: keys, and which store they share. Kept in the state database.</summary>
public static class SharedValues
{
    /// <summary>The value of that name; where there is none yet, <paramref name="proposal"/> is kept and answered.</summary>
    public static Task<byte[]> GetOrKeepAsync(StateDatabase database, string name, byte[] proposal) =>
        database.WriteAsync(session =>
        {
            session.Execute(
                "INSERT INTO shared_value (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
                name,
                proposal
            );
            return session.Query(
                "SELECT value FROM shared_value WHERE name = $1",
                static row => row.GetFieldValue<byte[]>(0),
                name
            )[0];
        });

    /// <summary>All values whose names begin so, in the order of their names.</summary>
    public static Task<List<byte[]>> ListAsync(StateDatabase database, string prefix) =>
        database.ReadAsync(session =>
            session.Query(
                "SELECT value FROM shared_value WHERE SUBSTR(name, 1, $1) = $2 ORDER BY name",
                static row => row.GetFieldValue<byte[]>(0),
                prefix.Length,
                prefix
            )
        );
}
