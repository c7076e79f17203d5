using System.Net.Sockets;
using Npgsql;

namespace Distribution.Silos.State;

/// <summary>
/// A PostgreSQL database that silos share. Changes of all silos go one transaction after the other, under one advisory lock: what is
/// written for a single writer stays right, and a change sees all that was acknowledged before, by whichever silo.
/// </summary>
internal sealed class PostgresEngine : StateEngine
{
    /// <summary>Of all writers; any number that nobody else takes.</summary>
    private const long WriterLock = 0x4469_7374_5772_6974;

    /// <summary>PostgreSQL 13.</summary>
    private const int OldestVersion = 130_000;

    /// <summary>
    /// A silo that hangs or vanishes with the lock in hand loses it after five seconds, and one that waits for it gives up after ten. A
    /// commit is on the disk before it is answered, whatever the database's own default.
    /// </summary>
    private const string SessionSettings =
        "SET idle_in_transaction_session_timeout = '5s'; SET lock_timeout = '10s'; SET statement_timeout = '30s'; "
        + "SELECT set_config('synchronous_commit', 'on', false) "
        + "WHERE current_setting('synchronous_commit') IN ('off', 'local')";

    private readonly NpgsqlConnectionStringBuilder _settings;

    /// <exception cref="StateUnavailableException">That is no connection string of PostgreSQL.</exception>
    public PostgresEngine(string connectionString) => _settings = PostgresAddress.Parse(connectionString);

    /// <summary>Short turns, so that silos do not wait long for one another.</summary>
    public override int MaxBatch => 64;

    public override int MaxReaders => 8;

    public override bool HasCheapSavepoints => false;

    public override bool WriterYields => false;

    public override StateSession Connect(bool readOnly)
    {
        var connection = new NpgsqlConnection(_settings.ConnectionString);
        try
        {
            connection.Open();
            if (connection.PostgreSqlVersion.Major * 10_000 < OldestVersion)
                throw new StateUnavailableException(
                    $"The database {Name} runs PostgreSQL {connection.PostgreSqlVersion}; 13 or later is needed."
                );
            var session = new StateSession(connection, namesParameters: false);
            session.Execute(SessionSettings);
            if (readOnly)
                session.Execute("SET default_transaction_read_only = on");
            return session;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public override void Begin(StateSession session) =>
        session.Execute($"BEGIN; SELECT pg_advisory_xact_lock({WriterLock})");

    public override bool IsInTransaction(StateSession session)
    {
        if (session.Connection.State != System.Data.ConnectionState.Open)
            return false;
        // The server says so with each of its answers; asking costs nothing.
        return true;
    }

    public override bool IsFault(Exception fault) =>
        fault is NpgsqlException or TimeoutException or SocketException or IOException;

    public override bool IsAway(Exception fault) =>
        fault switch
        {
            // Shut down, starting up, no connection free, or the connection was ended: all the server's words, none about the change.
            PostgresException told => told.SqlState.StartsWith("57P", StringComparison.Ordinal)
                || told.SqlState.StartsWith("08", StringComparison.Ordinal)
                || told.SqlState is PostgresErrorCodes.TooManyConnections or "25P03",
            _ => IsFault(fault),
        };

    public override bool Spoils(StateSession session, Exception fault) =>
        session.Connection.State != System.Data.ConnectionState.Open || IsAway(fault);

    public override StateUnavailableException Explain(Exception fault) =>
        new(
            fault switch
            {
                PostgresException told => Explain(told),
                _ when FindSocketFault(fault) is { } socket =>
                    $"The database {Name} cannot be reached: {socket.Message}.",
                _ => $"The database {Name} does not answer: {fault.Message}",
            },
            fault
        );

    /// <summary>Where it is and which one; no password.</summary>
    private string Name => PostgresAddress.NameOf(_settings);

    private string Explain(PostgresException told) =>
        told.SqlState switch
        {
            PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification =>
                $"The database {Name} refuses the user \"{_settings.Username}\": {told.MessageText}.",
            PostgresErrorCodes.InvalidCatalogName => $"The database {Name} does not exist: create it first.",
            PostgresErrorCodes.InsufficientPrivilege =>
                $"The user \"{_settings.Username}\" has too few rights in the database {Name}: {told.MessageText}.",
            PostgresErrorCodes.TooManyConnections => $"The database {Name} has no connection free.",
            PostgresErrorCodes.DiskFull => $"The database {Name} has no room left: free its disk space and try again.",
            PostgresErrorCodes.LockNotAvailable =>
                $"The database {Name} is busy: another silo has held the lock of its writers for ten seconds.",
            PostgresErrorCodes.CannotConnectNow => $"The database {Name} is starting up or recovering: try again.",
            _ => $"The database {Name} refused a change: {told.MessageText} ({told.SqlState})",
        };

    private static SocketException? FindSocketFault(Exception? fault)
    {
        for (; fault is not null; fault = fault.InnerException)
        {
            if (fault is SocketException socket)
                return socket;
        }
        return null;
    }
}
