using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Distribution.Silos.State;

/// <summary>One SQLite file: write-ahead log, synchronous=FULL.</summary>
internal sealed class SqliteEngine(string path) : StateEngine
{
    private const int BusySeconds = 5;

    public override int MaxBatch => 512;

    /// <summary>Each is a file handle and a page cache.</summary>
    public override int MaxReaders => 64;

    public override bool HasCheapSavepoints => true;

    public override bool WriterYields => true;

    public override StateSession Connect(bool readOnly)
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder
            {
                DataSource = path,
                Pooling = false,
                DefaultTimeout = BusySeconds,
            }.ToString()
        );
        try
        {
            connection.Open();
            var session = new StateSession(connection, namesParameters: true);
            if (readOnly)
                session.Execute("PRAGMA query_only = ON");
            else
            {
                session.Query("PRAGMA journal_mode = WAL", static row => row.GetString(0));
                session.Execute("PRAGMA synchronous = FULL");
                // 32 MB of log before it is folded in: pages that many changes touch are then written once.
                session.Scalar("PRAGMA wal_autocheckpoint = 8192");
                // 16 MB: pages of tables whose keys come at random are found again.
                session.Execute("PRAGMA cache_size = -16384");
            }
            return session;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public override void Begin(StateSession session) => session.Execute("BEGIN IMMEDIATE");

    // Some errors, a full disk among them, have rolled back already.
    public override bool IsInTransaction(StateSession session) =>
        raw.sqlite3_get_autocommit(((SqliteConnection)session.Connection).Handle) == 0;

    public override bool IsFault(Exception fault) => fault is SqliteException;

    public override bool IsAway(Exception fault) => false;

    public override bool Spoils(StateSession session, Exception fault) =>
        fault
            is SqliteException
            {
                SqliteErrorCode: raw.SQLITE_IOERR
                    or raw.SQLITE_CORRUPT
                    or raw.SQLITE_NOTADB
                    or raw.SQLITE_CANTOPEN
                    or raw.SQLITE_READONLY
                    or raw.SQLITE_MISUSE
            };

    public override StateUnavailableException Explain(Exception fault) =>
        new(
            ((SqliteException)fault).SqliteErrorCode switch
            {
                raw.SQLITE_FULL => $"No room left for the state database {path}: free disk space and try again.",
                raw.SQLITE_BUSY or raw.SQLITE_LOCKED => $"The state database {path} is locked by another process.",
                raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB =>
                    $"The state database {path} is damaged or is no database: restore it from a copy.",
                raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or raw.SQLITE_PERM =>
                    $"The state database {path} cannot be opened for writing: check the folder and its permissions.",
                raw.SQLITE_IOERR =>
                    $"Reading or writing the state database {path} failed: check the disk and its free space.",
                _ => $"The state database {path} refused a change: {fault.Message}",
            },
            fault
        );
}
