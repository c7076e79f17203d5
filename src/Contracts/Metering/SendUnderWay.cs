namespace Distribution.Contracts.Metering;

/// <summary>
/// A send that is between the system's hands and ours, written down where it outlives the process: whose it is, which of its bytes count, and what the
/// system took. The system itself writes the last, within the call: into the message header of sendmmsg(2), or the offset of sendfile(2), which lie here. So whenever
/// the process is killed, the next one knows to the byte what was sent and not counted yet. One thread has it, and one send at a time.
/// </summary>
/// <remarks>
/// 1024 bytes, as the system orders them. At 0 and 128 two takes: a struct mmsghdr of 64-bit Linux (64), what earlier calls of this send took (8), a file's offset
/// before the call (8) and now (8). At 256: the record that the send counts for plus 1 (8; 0: nothing is under way), that record's count before (8), which take
/// holds (4), the number of stretches (4), then stretches of two times 4: bytes that do not count, and bytes behind them that do.
/// </remarks>
/// <param name="writer">Which of the journal's writers has it, from 1.</param>
/// <param name="start">Inside <paramref name="memory"/>.</param>
/// <param name="memory">What must not be unmapped while this is in use.</param>
public sealed unsafe class SendUnderWay(int writer, nint start, object memory)
{
    /// <summary>More stretches cannot be written down.</summary>
    public const int MaxStretches = 64;

    internal const int LengthBytes = 1024;

    private const int HeaderBytes = 64;
    private const int TakenAt = 56; // msg_len
    private const int EarlierAt = 64;
    private const int FromAt = 72;
    private const int NowAt = 80;
    private const int TakeBytes = 128;
    private const int RecordAt = 256;
    private const int BeforeAt = 264;
    private const int TakeAt = 272;
    private const int CountAt = 276;
    private const int StretchesAt = 280;

    private readonly byte* _start = (byte*)start;
    private readonly object _memory = memory;
    private SendSlot? _slot;

    internal int Writer { get; } = writer;

    /// <summary>Forgets the stretches of the send before.</summary>
    public void Clear() => *(int*)(_start + CountAt) = 0;

    /// <summary>Says what comes next in the send.</summary>
    /// <param name="uncounted">Bytes that do not count.</param>
    /// <param name="counted">Bytes behind them that do.</param>
    public void Add(int uncounted, int counted)
    {
        int count = *(int*)(_start + CountAt);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(count, MaxStretches);
        int* stretch = (int*)(_start + StretchesAt) + 2 * count;
        (stretch[0], stretch[1]) = (uncounted, counted);
        *(int*)(_start + CountAt) = count + 1;
    }

    /// <summary>A zeroed struct mmsghdr for the next call of this send; what the one before took is kept.</summary>
    public byte* NextHeader() => Next(0);

    /// <summary>A file's offset for the next call of this send, which the system moves on by what it took.</summary>
    public long* NextOffset(long offset) => (long*)(Next(offset) + NowAt);

    /// <summary>Counts what the send of <see cref="SendMeter.Begin"/> brought.</summary>
    public void End(long bytes)
    {
        if (bytes > 0)
            _slot!.Add(bytes);
        Over();
    }

    /// <summary>From here on what the system takes counts for the slot.</summary>
    internal void Begin(SendSlot slot)
    {
        _slot = slot;
        if (slot.Record == SendSlot.NoRecord)
            return;
        new Span<byte>(_start, 2 * TakeBytes).Clear();
        *(int*)(_start + TakeAt) = 0;
        *(long*)(_start + BeforeAt) = slot.Read();
        Volatile.Write(ref *(long*)(_start + RecordAt), slot.Record + 1L);
    }

    /// <summary>What a process that was killed left here, and ends it.</summary>
    /// <returns>Record: null where nothing was under way. Before: its count then. Bytes: what was sent on top of it.</returns>
    internal (int? Record, long Before, long Bytes) Settle()
    {
        long record = *(long*)(_start + RecordAt) - 1;
        if (record is < 0 or > int.MaxValue)
            return (null, 0, 0);
        long before = *(long*)(_start + BeforeAt);
        long bytes = Counted(Taken(*(int*)(_start + TakeAt) & 1));
        Over();
        return ((int)record, before, bytes);
    }

    private void Over()
    {
        Volatile.Write(ref *(long*)(_start + RecordAt), 0);
        GC.KeepAlive(_memory);
    }

    private byte* Next(long offset)
    {
        int take = *(int*)(_start + TakeAt);
        long taken = Taken(take);
        byte* next = _start + (1 - take) * TakeBytes;
        new Span<byte>(next, HeaderBytes).Clear();
        *(long*)(next + EarlierAt) = taken;
        *(long*)(next + FromAt) = offset;
        *(long*)(next + NowAt) = offset;
        // Only this decides which one holds.
        Volatile.Write(ref *(int*)(_start + TakeAt), 1 - take);
        return next;
    }

    private long Taken(int take)
    {
        byte* at = _start + take * TakeBytes;
        return *(uint*)(at + TakenAt) + *(long*)(at + EarlierAt) + *(long*)(at + NowAt) - *(long*)(at + FromAt);
    }

    private long Counted(long taken)
    {
        int count = Math.Clamp(*(int*)(_start + CountAt), 0, MaxStretches);
        int* stretch = (int*)(_start + StretchesAt);
        long counted = 0;
        for (; count > 0 && taken > 0; count--, stretch += 2)
        {
            taken -= stretch[0];
            counted += Math.Clamp(taken, 0, stretch[1]);
            taken -= stretch[1];
        }
        return counted;
    }
}
