using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Distribution.Silos.State;

/// <summary>What an error of SQLite means to a caller, and to the connection that had it.</summary>
internal static class StateFault
{
    public static StateUnavailableException Explain(string path, SqliteException fault) =>
        new(
            fault.SqliteErrorCode switch
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

    /// <summary>True where the connection itself cannot be trusted any more and is opened anew for the next call.</summary>
    public static bool SpoilsConnection(SqliteException fault) =>
        fault.SqliteErrorCode
            is raw.SQLITE_IOERR
                or raw.SQLITE_CORRUPT
                or raw.SQLITE_NOTADB
                or raw.SQLITE_CANTOPEN
                or raw.SQLITE_READONLY
                or raw.SQLITE_MISUSE;
}
