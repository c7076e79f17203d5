using System.Net;

namespace Distribution.EdgeSeeder.Seeding.Admission;

/// <summary>
/// The connections of one address, of IPv6 one /64. Where there is not enough for all, households have equal shares, so that nobody gets more
/// by connecting more often.
/// </summary>
internal sealed class Household(ulong key)
{
    public ulong Key { get; } = key;

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
