using System.Net;

namespace Distribution.EdgeSeeder.Seeding.Admission;

/// <summary>
/// The connections of one address, of IPv6 one /64. Where there is not enough for all, households have equal shares, so that nobody gets more
/// by connecting more often.
/// </summary>
internal sealed class Household(ulong key, Neighbourhood neighbourhood)
{
    private bool _isViewer;

    public ulong Key { get; } = key;

    public Neighbourhood Neighbourhood { get; } = neighbourhood;

    /// <summary>
    /// The tracker has named it, or one of its peers has shown that it holds what it got. Others are strangers: they come second where a limit
    /// leaves less than is wanted. Any thread.
    /// </summary>
    public bool IsViewer
    {
        get => Volatile.Read(ref _isViewer);
        set => Volatile.Write(ref _isViewer, value);
    }

    /// <summary>Guarded by <see cref="Households"/>.</summary>
    public int Connections { get; set; }

    /// <summary>Those that have something to send, in turn. Its loop's thread alone.</summary>
    public Queue<PeerConnection> Ready { get; } = new(1);

    /// <summary>It stands in its loop's line. Its loop's thread alone.</summary>
    public bool IsInLine { get; set; }

    /// <summary>The timestamp at which one of its connections last got a part of a block. Its loop's thread alone.</summary>
    public long LastBlockAt { get; set; }

    /// <summary>Those that wait to be unchoked. Guarded by <see cref="UnchokeSlots"/>.</summary>
    public LinkedList<PeerConnection> Waiting { get; } = new();

    /// <summary>The line in which it stands while some of them wait. Guarded by <see cref="UnchokeSlots"/>.</summary>
    public LinkedListNode<Household>? Place { get; set; }

    /// <summary>IPv4: the address; IPv6: the first 64 bits.</summary>
    public static ulong KeyOf(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out int length);
        return length == 4
            ? System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes)
            : System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes);
    }
}
