using System.Data.Common;

namespace Distribution.Silos.State;

/// <summary>What differs between the databases that hold the state: how they are opened and written to, and what their errors mean.</summary>
internal abstract class StateEngine
{
    /// <summary>Changes of one transaction, at most.</summary>
    public abstract int MaxBatch { get; }

    /// <summary>Connections that read at a time, at most.</summary>
    public abstract int MaxReaders { get; }

    /// <summary>
    /// True: a change that throws is undone within its transaction, by a savepoint. False: a savepoint costs as much as a query, so the
    /// transaction is undone and its changes are made one by one.
    /// </summary>
    public abstract bool HasCheapSavepoints { get; }

    /// <summary>True: the writer's thread lets others go first. False: whoever writes holds up other silos, and should be done soon.</summary>
    public abstract bool WriterYields { get; }

    /// <summary>Opens a connection of the tables' latest version.</summary>
    /// <exception cref="DbException">Likewise what <see cref="IsFault"/> knows.</exception>
    public abstract StateSession Connect(bool readOnly);

    /// <summary>Begins the one transaction that may change anything: every other writer, of any process, waits until it ends.</summary>
    public abstract void Begin(StateSession session);

    /// <summary>True: a transaction is open, also one that has failed.</summary>
    public abstract bool IsInTransaction(StateSession session);

    /// <summary>True: the database's own trouble, not a mistake of the caller.</summary>
    public abstract bool IsFault(Exception fault);

    /// <summary>True: the database cannot be reached, or ended the connection: a new connection may help, another change does not.</summary>
    public abstract bool IsAway(Exception fault);

    /// <summary>True where the connection itself cannot be trusted any more and is opened anew for the next call.</summary>
    public abstract bool Spoils(StateSession session, Exception fault);

    /// <summary>What it means to a caller, and what to do.</summary>
    public abstract StateUnavailableException Explain(Exception fault);
}
