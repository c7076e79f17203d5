namespace Distribution.Contracts.Metering;

/// <summary>One counter of a <see cref="SendJournalFile"/>: eight bytes, in the mapped file or, with a full disk, in plain memory.</summary>
internal sealed unsafe class SendSlot(long* bytes, int record)
{
    /// <summary>Where it stands in the file; -1: in memory only.</summary>
    public int Record { get; } = record;

    public long Read() => Volatile.Read(ref *bytes);

    public void Add(long count) => Interlocked.Add(ref *bytes, count);
}
