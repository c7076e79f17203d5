using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace Distribution.Silos.State;

/// <summary>
/// The silo's durable state in one SQLite file: write-ahead log, synchronous=FULL. All changes go through one writer that commits
/// whatever has queued up in one transaction, so that many callers share one fsync; a caller's task completes after the commit.
/// </summary>
/// <remarks>
/// A change that fails leaves no trace, fails its own caller only, and the next one starts afresh: a full disk needs no restart.
/// Reads run beside the writer and see the last commit.
/// </remarks>
public sealed class StateDatabase : IAsyncDisposable
{
    private const int MaxBatch = 512;
    private const int BusySeconds = 5;

    private readonly string _path;
    private readonly BlockingCollection<StateWork> _queue = [];
    private readonly ConcurrentBag<StateSession> _readers = [];
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private StateSession? _writer;
    private volatile bool _disposed;

    private StateDatabase(string path, StateSession writer)
    {
        _path = path;
        _writer = writer;
        // A thread of its own: SQLite blocks while it waits for the disk.
        new Thread(DrainQueue) { IsBackground = true, Name = "state writer" }.Start();
    }

    /// <summary>Opens the file, or makes it with its tables.</summary>
    /// <exception cref="StateUnavailableException">Not writable, locked, damaged, or of a later version of the program.</exception>
    public static StateDatabase Open(string path)
    {
        path = Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            StateSession writer = OpenSession(path, readOnly: false);
            try
            {
                StateSchema.Apply(writer, path);
                return new StateDatabase(path, writer);
            }
            catch
            {
                writer.Dispose();
                throw;
            }
        }
        catch (SqliteException fault)
        {
            throw StateFault.Explain(path, fault);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StateUnavailableException(
                $"The folder of the state database {path} cannot be used: {fault.Message}",
                fault
            );
        }
    }

    /// <summary>Queues a change; completes once it is on the disk, with what it answers.</summary>
    /// <param name="change">
    /// Runs inside a transaction, perhaps twice: it must not touch anything but the session and its own result. What it throws
    /// undoes it alone.
    /// </param>
    /// <exception cref="StateUnavailableException">Nothing of it was kept.</exception>
    public Task<T> WriteAsync<T>(Func<StateSession, T> change)
    {
        var work = new StateWork<T>(change);
        try
        {
            _queue.Add(work);
        }
        catch (Exception closed) when (closed is InvalidOperationException or ObjectDisposedException)
        {
            work.Fail(new StateUnavailableException("The state database is closed."));
        }
        return work.Task;
    }

    /// <inheritdoc cref="WriteAsync{T}"/>
    public Task WriteAsync(Action<StateSession> change) =>
        WriteAsync(session =>
        {
            change(session);
            return true;
        });

    /// <summary>Runs queries on what was committed last.</summary>
    /// <exception cref="StateUnavailableException">Locked or damaged.</exception>
    public Task<T> ReadAsync<T>(Func<StateSession, T> query) => Task.Run(() => Read(query));

    public async ValueTask DisposeAsync()
    {
        if (!_disposed)
        {
            _disposed = true;
            _queue.CompleteAdding();
        }
        await _stopped.Task;
        while (_readers.TryTake(out StateSession? reader))
            reader.Dispose();
    }

    private static StateSession OpenSession(string path, bool readOnly)
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
            var session = new StateSession(connection);
            if (readOnly)
                session.Execute("PRAGMA query_only = ON");
            else
            {
                session.Query("PRAGMA journal_mode = WAL", static row => row.GetString(0));
                session.Execute("PRAGMA synchronous = FULL");
                // 32 MB of log before it is folded in: pages that many changes touch are then written once.
                session.Scalar("PRAGMA wal_autocheckpoint = 8192");
            }
            return session;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private T Read<T>(Func<StateSession, T> query)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        StateSession? session = null;
        try
        {
            if (!_readers.TryTake(out session))
                session = OpenSession(_path, readOnly: true);
            T result = query(session);
            _readers.Add(session);
            return result;
        }
        catch (SqliteException fault)
        {
            session?.Dispose();
            throw StateFault.Explain(_path, fault);
        }
        catch
        {
            session?.Dispose();
            throw;
        }
    }

    private void DrainQueue()
    {
        var batch = new List<StateWork>(MaxBatch);
        foreach (StateWork first in _queue.GetConsumingEnumerable())
        {
            batch.Clear();
            batch.Add(first);
            while (batch.Count < MaxBatch && _queue.TryTake(out StateWork? next))
                batch.Add(next);
            if (!TryCommit(batch))
            {
                // One of them, or the room for all: each alone, so that none fails for another.
                foreach (StateWork work in batch)
                    CommitAlone(work);
            }
        }
        _writer?.Dispose();
        _writer = null;
        _stopped.SetResult();
    }

    private bool TryCommit(List<StateWork> batch)
    {
        if (batch.Count == 1)
            return false;
        var kept = new List<StateWork>(batch.Count);
        try
        {
            StateSession session = Writer();
            session.Execute("BEGIN IMMEDIATE");
            foreach (StateWork work in batch)
            {
                session.Execute("SAVEPOINT work");
                try
                {
                    work.Run(session);
                    kept.Add(work);
                }
                catch (Exception fault) when (fault is not SqliteException)
                {
                    session.Execute("ROLLBACK TO work");
                    work.Fail(fault);
                }
                session.Execute("RELEASE work");
            }
            session.Execute("COMMIT");
        }
        catch (SqliteException fault)
        {
            Abandon(fault);
            // What failed by itself has its answer already; a second one is ignored.
            return false;
        }
        foreach (StateWork work in kept)
            work.Succeed();
        return true;
    }

    private void CommitAlone(StateWork work)
    {
        try
        {
            StateSession session = Writer();
            session.Execute("BEGIN IMMEDIATE");
            work.Run(session);
            session.Execute("COMMIT");
            work.Succeed();
        }
        catch (SqliteException fault)
        {
            Abandon(fault);
            work.Fail(StateFault.Explain(_path, fault));
        }
#pragma warning disable CA1031 // whatever a change throws belongs to its caller; the writer goes on
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Abandon(null);
            work.Fail(fault);
        }
    }

    private StateSession Writer() => _writer ??= OpenSession(_path, readOnly: false);

    private void Abandon(SqliteException? fault)
    {
        try
        {
            // Some errors, a full disk among them, have rolled back already.
            if (_writer is { IsAutoCommit: false })
                _writer.Execute("ROLLBACK");
            if (fault is null || !StateFault.SpoilsConnection(fault))
                return;
        }
        catch (SqliteException) { }
        _writer?.Dispose();
        _writer = null;
    }
}
