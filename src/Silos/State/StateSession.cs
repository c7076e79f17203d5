using System.Data.Common;

namespace Distribution.Silos.State;

/// <summary>
/// One open connection with its prepared statements; used by one thread at a time. SQL is written for both SQLite and PostgreSQL:
/// positional parameters <c>$1</c>, <c>ON CONFLICT … DO UPDATE</c>, no functions that one of them lacks.
/// </summary>
public sealed class StateSession : IDisposable
{
    private readonly bool _namesParameters;
    private readonly Dictionary<string, DbCommand> _commands = [];

    /// <param name="namesParameters">SQLite's way, $1 is a name; PostgreSQL's: it is a place.</param>
    internal StateSession(DbConnection connection, bool namesParameters)
    {
        Connection = connection;
        _namesParameters = namesParameters;
    }

    internal DbConnection Connection { get; }

    /// <summary>Runs a statement; answers the number of rows changed.</summary>
    /// <param name="sql">A constant: each text is prepared once and kept.</param>
    /// <param name="values">For $1, $2, …: long, int, string, byte[], double or null.</param>
    public int Execute(string sql, params ReadOnlySpan<object?> values) => Bind(sql, values).ExecuteNonQuery();

    /// <summary>Runs a query and reads its rows.</summary>
    public List<T> Query<T>(string sql, Func<DbDataReader, T> read, params ReadOnlySpan<object?> values)
    {
        var rows = new List<T>();
        using DbDataReader reader = Bind(sql, values).ExecuteReader();
        while (reader.Read())
            rows.Add(read(reader));
        return rows;
    }

    /// <summary>Runs a query for one row; false: there is none.</summary>
    public bool TryQuery<T>(string sql, Func<DbDataReader, T> read, out T row, params ReadOnlySpan<object?> values)
    {
        using DbDataReader reader = Bind(sql, values).ExecuteReader();
        bool found = reader.Read();
        row = found ? read(reader) : default!;
        return found;
    }

    /// <summary>Runs a query for one number; 0 where there is no row or it is null.</summary>
    public long Scalar(string sql, params ReadOnlySpan<object?> values) =>
        Bind(sql, values).ExecuteScalar() switch
        {
            long number => number,
            int number => number,
            _ => 0,
        };

    public void Dispose()
    {
        foreach (DbCommand command in _commands.Values)
            command.Dispose();
        Connection.Dispose();
    }

    private DbCommand Bind(string sql, ReadOnlySpan<object?> values)
    {
        if (!_commands.TryGetValue(sql, out DbCommand? command))
        {
            command = Connection.CreateCommand();
#pragma warning disable CA2100 // the text is always a constant of ours
            command.CommandText = sql;
#pragma warning restore CA2100
            for (int i = 0; i < values.Length; i++)
            {
                DbParameter parameter = command.CreateParameter();
                if (_namesParameters)
                    parameter.ParameterName = $"${i + 1}";
                command.Parameters.Add(parameter);
            }
            _commands[sql] = command;
        }
        for (int i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        return command;
    }
}
