namespace Distribution.Contracts.Metering;

/// <summary>
/// One counter: eight bytes of a <see cref="SendJournalFile"/>, or of plain memory where the file cannot grow. It keeps
/// <paramref name="memory"/> alive, so that a sender may add even after the journal was closed.
/// </summary>
/// <param name="bytes">Inside <paramref name="memory"/>.</param>
/// <param name="memory">What must not be unmapped or moved while the counter is in use.</param>
internal sealed unsafe class SendSlot(long* bytes, object memory, int record)
{
    /// <summary>In memory only.</summary>
    public const int NoRecord = -1;

    private readonly object _memory = memory;

    /// <summary>Where it stands in the file, or <see cref="NoRecord"/>.</summary>
    public int Record { get; } = record;

    public long Read()
    {
        long count = Volatile.Read(ref *bytes);
        GC.KeepAlive(_memory);
        return count;
    }

    public void Add(long count)
    {
        Interlocked.Add(ref *bytes, count);
        GC.KeepAlive(_memory);
    }
}
