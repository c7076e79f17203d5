using System.Buffers;

namespace Distribution.EdgeSeeder.Cache;

/// <summary>
/// Memory that holds one piece whose hash was right, or as much of it as <see cref="Has"/> says, counted by its users. Memory mapped from a file must be read by the kernel
/// alone (as a send's source): there a page that cannot be read is an error to handle (EFAULT), where in our own code it would end the
/// process (SIGBUS).
/// </summary>
public abstract unsafe class VerifiedPiece : MemoryManager<byte>
{
    private int _users = 1;
    private long _lastUsedTicks;
    private long _checkedTicks;

    protected VerifiedPiece(int piece, byte* address, int lengthBytes)
    {
        Piece = piece;
        Address = address;
        LengthBytes = lengthBytes;
    }

    public int Piece { get; }

    public int LengthBytes { get; }

    /// <summary>Valid until released.</summary>
    public byte* Address { get; }

    /// <summary>True where the bytes are on the heap and not in a file.</summary>
    public abstract bool InMemoryOnly { get; }

    internal long LastUsedTicks
    {
        get => Volatile.Read(ref _lastUsedTicks);
        set => Volatile.Write(ref _lastUsedTicks, value);
    }

    /// <summary>When it was last looked at whether its bytes are still those that were verified.</summary>
    internal long CheckedTicks
    {
        get => Volatile.Read(ref _checkedTicks);
        set => Volatile.Write(ref _checkedTicks, value);
    }

    /// <summary>False: somebody changed the bytes since they were verified.</summary>
    internal virtual bool IsAsVerified => true;

    /// <summary>Whether these bytes have come and were verified; of a piece that is whole all are.</summary>
    public virtual bool Has(int offsetBytes, int lengthBytes) => true;

    /// <summary>Adds a user. False: the last one has gone, and so has the memory.</summary>
    public bool TryRetain()
    {
        int users = Volatile.Read(ref _users);
        while (users > 0)
        {
            int seen = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (seen == users)
                return true;
            users = seen;
        }
        return false;
    }

    /// <summary>Takes a user away; the memory goes with the last one.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _users) == 0)
            Free();
    }

    public override Span<byte> GetSpan() => new(Address, LengthBytes);

    public override MemoryHandle Pin(int elementIndex = 0) => new(Address + elementIndex);

    public override void Unpin() { }

    protected abstract void Free();

    protected override void Dispose(bool disposing) { }
}
