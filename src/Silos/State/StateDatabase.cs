using System.Collections.Concurrent;

namespace Distribution.Silos.State;

/// <summary>
/// The silo's durable state, in one SQLite file or in a PostgreSQL database that silos share. All changes of this process go through one
/// writer that commits whatever has queued up in one transaction, so that many callers share one flush; a caller's task completes after
/// the commit.
/// </summary>
/// <remarks>
/// A change that fails leaves no trace, fails its own caller only, and the next one starts afresh: a full disk or a database that was away
/// needs no restart. Reads run beside the writer and see the last commit.
/// </remarks>
public sealed class StateDatabase : IAsyncDisposable
{
    private readonly StateEngine _engine;
    private readonly BlockingCollection<StateWork> _queue = [];
    private readonly ConcurrentBag<StateSession> _readers = [];
    private readonly SemaphoreSlim _readerPlaces;
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private StateSession? _writer;
    private volatile bool _disposed;

    private StateDatabase(StateEngine engine, StateSession writer)
    {
        _engine = engine;
        _writer = writer;
        _readerPlaces = new SemaphoreSlim(engine.MaxReaders, engine.MaxReaders);
        // A thread of its own: it blocks while it waits for the disk, or the network.
        new Thread(DrainQueue) { IsBackground = true, Name = "state writer" }.Start();
    }

    /// <summary>Opens an SQLite file, or makes it with its tables.</summary>
    /// <exception cref="StateUnavailableException">Not writable, locked, damaged, or of a later version of the program.</exception>
    public static StateDatabase Open(string path)
    {
        path = Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            return Open(new SqliteEngine(path), session => StateSchema.ApplyToSqlite(session, path));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StateUnavailableException(
                $"The folder of the state database {path} cannot be used: {fault.Message}",
                fault
            );
        }
    }

    /// <summary>Opens a PostgreSQL database, and makes the tables where they are missing; several silos may do so at once.</summary>
    /// <exception cref="StateUnavailableException">
    /// No connection string, not reached, refused, too old, or with tables of a later version of the program.
    /// </exception>
    public static StateDatabase OpenPostgres(string connectionString) =>
        Open(new PostgresEngine(connectionString), PostgresSchema.Apply);

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
    /// <exception cref="StateUnavailableException">Locked, damaged, or away.</exception>
    public async Task<T> ReadAsync<T>(Func<StateSession, T> query)
    {
        await _readerPlaces.WaitAsync().ConfigureAwait(false);
        try
        {
            return await Task.Run(() => Read(query)).ConfigureAwait(false);
        }
        finally
        {
            _readerPlaces.Release();
        }
    }

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

    private static StateDatabase Open(StateEngine engine, Action<StateSession> applySchema)
    {
        try
        {
            StateSession writer = engine.Connect(readOnly: false);
            try
            {
                applySchema(writer);
                return new StateDatabase(engine, writer);
            }
            catch
            {
                writer.Dispose();
                throw;
            }
        }
        catch (Exception fault) when (engine.IsFault(fault))
        {
            throw engine.Explain(fault);
        }
    }

    private T Read<T>(Func<StateSession, T> query)
    {
        while (true)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            bool isKept = _readers.TryTake(out StateSession? session);
            try
            {
                session ??= _engine.Connect(readOnly: true);
                T result = query(session);
                _readers.Add(session);
                return result;
            }
            catch (Exception fault) when (_engine.IsFault(fault))
            {
                session?.Dispose();
                // A kept connection may have been lost long ago; a new one tells what is true now.
                if (!isKept || !_engine.IsAway(fault))
                    throw _engine.Explain(fault);
            }
            catch
            {
                session?.Dispose();
                throw;
            }
        }
    }

    private void DrainQueue()
    {
        // Whoever waits for it waits for a disk too; announces that need none go first.
        if (_engine.WriterYields)
            LowPriority.Take();
        var batch = new List<StateWork>(_engine.MaxBatch);
        foreach (StateWork first in _queue.GetConsumingEnumerable())
        {
            batch.Clear();
            batch.Add(first);
            while (batch.Count < _engine.MaxBatch && _queue.TryTake(out StateWork? next))
                batch.Add(next);
            Commit(batch);
        }
        _writer?.Dispose();
        _writer = null;
        _stopped.SetResult();
    }

    private void Commit(List<StateWork> batch)
    {
        Exception? fault = TryCommit(batch);
        // The connection may have been lost long before this; every change may be made twice.
        if (fault is not null && _engine.IsAway(fault))
            fault = TryCommit(batch);
        if (fault is null)
            return;
        if (batch.Count == 1 || _engine.IsAway(fault))
        {
            foreach (StateWork work in batch)
                work.Fail(_engine.IsFault(fault) ? _engine.Explain(fault) : fault);
            return;
        }
        // One of them, or the room for all: each alone, so that none fails for another.
        foreach (StateWork work in batch)
            Commit([work]);
    }

    /// <summary>Null: committed, and all are answered. Otherwise nothing of it is kept.</summary>
    private Exception? TryCommit(List<StateWork> batch)
    {
        bool savesPoints = _engine.HasCheapSavepoints && batch.Count > 1;
        var kept = new List<StateWork>(batch.Count);
        try
        {
            StateSession session = _writer ??= _engine.Connect(readOnly: false);
            _engine.Begin(session);
            foreach (StateWork work in batch)
            {
                if (savesPoints)
                    session.Execute("SAVEPOINT work");
                try
                {
                    work.Run(session);
                    kept.Add(work);
                }
                catch (Exception fault) when (savesPoints && !_engine.IsFault(fault))
                {
                    session.Execute("ROLLBACK TO work");
                    work.Fail(fault);
                }
                if (savesPoints)
                    session.Execute("RELEASE work");
            }
            session.Execute("COMMIT");
        }
#pragma warning disable CA1031 // whatever a change throws belongs to its caller; the writer goes on
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Abandon(fault);
            return fault;
        }
        foreach (StateWork work in kept)
            work.Succeed();
        return null;
    }

    private void Abandon(Exception fault)
    {
        if (_writer is not { } session)
            return;
        try
        {
            if (_engine.IsInTransaction(session))
                session.Execute("ROLLBACK");
            if (!_engine.Spoils(session, fault))
                return;
        }
        catch (Exception another) when (_engine.IsFault(another) || another is InvalidOperationException) { }
        session.Dispose();
        _writer = null;
    }
}
