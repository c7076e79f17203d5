namespace Distribution.Silos.State;

/// <summary>
/// What Orleans' ADO.NET membership provider keeps, and the queries that it reads from <c>OrleansQuery</c>: names of tables, keys, columns and
/// parameters are its contract, the statements are ours. Every change of a row passes the version row of its cluster and fails
/// where another silo was faster.
/// </summary>
internal static class ClusterSchema
{
    private const string Membership = """
        CREATE TABLE OrleansQuery (
          QueryKey VARCHAR(64) NOT NULL PRIMARY KEY,
          QueryText TEXT NOT NULL
        );

        CREATE TABLE OrleansMembershipVersionTable (
          DeploymentId VARCHAR(150) NOT NULL PRIMARY KEY,
          Timestamp TIMESTAMPTZ NOT NULL DEFAULT now(),
          Version INT NOT NULL DEFAULT 0
        );

        CREATE TABLE OrleansMembershipTable (
          DeploymentId VARCHAR(150) NOT NULL,
          Address VARCHAR(45) NOT NULL,
          Port INT NOT NULL,
          Generation INT NOT NULL,
          SiloName VARCHAR(150) NOT NULL,
          HostName VARCHAR(150) NOT NULL,
          Status INT NOT NULL, -- 3: active, 6: dead
          ProxyPort INT,
          SuspectTimes VARCHAR(8000),
          StartTime TIMESTAMPTZ NOT NULL,
          IAmAliveTime TIMESTAMPTZ NOT NULL,
          PRIMARY KEY (DeploymentId, Address, Port, Generation)
        );

        INSERT INTO OrleansQuery (QueryKey, QueryText) VALUES
        ('InsertMembershipVersionKey', '
          WITH made AS (
            INSERT INTO OrleansMembershipVersionTable (DeploymentId) VALUES (@DeploymentId)
            ON CONFLICT DO NOTHING RETURNING 1
          )
          SELECT EXISTS (SELECT 1 FROM made)'),

        ('InsertMembershipKey', '
          WITH turn AS (
            UPDATE OrleansMembershipVersionTable SET Timestamp = now(), Version = Version + 1
            WHERE DeploymentId = @DeploymentId AND Version = @Version AND NOT EXISTS (
              SELECT 1 FROM OrleansMembershipTable
              WHERE DeploymentId = @DeploymentId AND Address = @Address AND Port = @Port AND Generation = @Generation
            )
            RETURNING 1
          ), made AS (
            INSERT INTO OrleansMembershipTable
              (DeploymentId, Address, Port, Generation, SiloName, HostName, Status, ProxyPort, StartTime, IAmAliveTime)
            SELECT @DeploymentId, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime,
              @IAmAliveTime
            FROM turn
            RETURNING 1
          )
          SELECT EXISTS (SELECT 1 FROM made)'),

        ('UpdateMembershipKey', '
          WITH turn AS (
            UPDATE OrleansMembershipVersionTable SET Timestamp = now(), Version = Version + 1
            WHERE DeploymentId = @DeploymentId AND Version = @Version
            RETURNING 1
          ), changed AS (
            UPDATE OrleansMembershipTable
            SET Status = @Status, SuspectTimes = @SuspectTimes, IAmAliveTime = @IAmAliveTime
            WHERE DeploymentId = @DeploymentId AND Address = @Address AND Port = @Port AND Generation = @Generation
              AND EXISTS (SELECT 1 FROM turn)
            RETURNING 1
          )
          SELECT EXISTS (SELECT 1 FROM changed)'),

        ('UpdateIAmAlivetimeKey', '
          UPDATE OrleansMembershipTable SET IAmAliveTime = @IAmAliveTime
          WHERE DeploymentId = @DeploymentId AND Address = @Address AND Port = @Port AND Generation = @Generation'),

        ('MembershipReadRowKey', '
          SELECT v.DeploymentId, m.Address, m.Port, m.Generation, m.SiloName, m.HostName, m.Status, m.ProxyPort,
            m.SuspectTimes, m.StartTime, m.IAmAliveTime, v.Version
          FROM OrleansMembershipVersionTable v
          LEFT JOIN OrleansMembershipTable m ON m.DeploymentId = v.DeploymentId
            AND m.Address = @Address AND m.Port = @Port AND m.Generation = @Generation
          WHERE v.DeploymentId = @DeploymentId'),

        ('MembershipReadAllKey', '
          SELECT v.DeploymentId, m.Address, m.Port, m.Generation, m.SiloName, m.HostName, m.Status, m.ProxyPort,
            m.SuspectTimes, m.StartTime, m.IAmAliveTime, v.Version
          FROM OrleansMembershipVersionTable v
          LEFT JOIN OrleansMembershipTable m ON m.DeploymentId = v.DeploymentId
          WHERE v.DeploymentId = @DeploymentId'),

        ('DeleteMembershipTableEntriesKey', '
          WITH members AS (DELETE FROM OrleansMembershipTable WHERE DeploymentId = @DeploymentId)
          DELETE FROM OrleansMembershipVersionTable WHERE DeploymentId = @DeploymentId'),

        ('CleanupDefunctSiloEntriesKey', '
          DELETE FROM OrleansMembershipTable
          WHERE DeploymentId = @DeploymentId AND IAmAliveTime < @IAmAliveTime AND Status <> 3'),

        ('GatewaysQueryKey', '
          SELECT Address, ProxyPort, Generation FROM OrleansMembershipTable
          WHERE DeploymentId = @DeploymentId AND Status = @Status AND ProxyPort > 0');
        """;

    /// <summary>Each leads from one version to the next; what is in use never changes.</summary>
    public static IReadOnlyList<string> Steps { get; } = [Membership];
}
