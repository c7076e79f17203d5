using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Distribution.Silos.State;

/// <summary>
/// One open connection with its prepared statements; used by one thread at a time. SQL is written for both SQLite and PostgreSQL:
/// positional parameters <c>$1</c>, <c>ON CONFLICT … DO UPDATE</c>, no functions that one of them lacks.
/// </summary>
public sealed class StateSession : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, SqliteCommand> _commands = [];

    internal StateSession(SqliteConnection connection) => _connection = connection;

    /// <summary>False: a transaction is open.</summary>
    internal bool IsAutoCommit => raw.sqlite3_get_autocommit(_connection.Handle) != 0;

    /// <summary>Runs a statement; answers the number of rows changed.</summary>
    /// <param name="sql">A constant: each text is prepared once and kept.</param>
    /// <param name="values">For $1, $2, …: long, int, bool, string, byte[], double or null.</param>
    public int Execute(string sql, params ReadOnlySpan<object?> values) => Bind(sql, values).ExecuteNonQuery();

    /// <summary>Runs a query and reads its rows.</summary>
    public List<T> Query<T>(string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<object?> values)
    {
        var rows = new List<T>();
        using SqliteDataReader reader = Bind(sql, values).ExecuteReader();
        while (reader.Read())
            rows.Add(read(reader));
        return rows;
    }

    /// <summary>Runs a query for one row; false: there is none.</summary>
    public bool TryQuery<T>(string sql, Func<SqliteDataReader, T> read, out T row, params ReadOnlySpan<object?> values)
    {
        using SqliteDataReader reader = Bind(sql, values).ExecuteReader();
        bool found = reader.Read();
        row = found ? read(reader) : default!;
        return found;
    }

    /// <summary>Runs a query for one number; 0 where there is no row or it is null.</summary>
    public long Scalar(string sql, params ReadOnlySpan<object?> values) =>
        Bind(sql, values).ExecuteScalar() is long number ? number : 0;

    public void Dispose()
    {
        foreach (SqliteCommand command in _commands.Values)
            command.Dispose();
        _connection.Dispose();
    }

    private SqliteCommand Bind(string sql, ReadOnlySpan<object?> values)
    {
        if (!_commands.TryGetValue(sql, out SqliteCommand? command))
        {
            command = _connection.CreateCommand();
#pragma warning disable CA2100 // the text is always a constant of ours
            command.CommandText = sql;
#pragma warning restore CA2100
            for (int i = 0; i < values.Length; i++)
                command.Parameters.Add(new SqliteParameter { ParameterName = $"${i + 1}" });
            _commands[sql] = command;
        }
        for (int i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        return command;
    }
}
