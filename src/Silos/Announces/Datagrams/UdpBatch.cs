using Distribution.BitTorrent.Trackers;
using Distribution.Silos.Swarms;
using Distribution.Silos.Swarms.Shards;

namespace Distribution.Silos.Announces.Datagrams;

/// <summary>Announces that cannot be answered at once, with whom to answer. Its memory is used again and again.</summary>
internal sealed unsafe class UdpBatch
{
    public const int Capacity = 64;

    private readonly uint[] _transactions = new uint[Capacity];
    private readonly byte[] _names = GC.AllocateArray<byte>(Capacity * SocketNames.Bytes, pinned: true);
    private readonly uint[] _nameBytes = new uint[Capacity];
    private readonly MessageHeader[] _messages = GC.AllocateArray<MessageHeader>(Capacity, pinned: true);
    private readonly MemoryRegion[] _regions = GC.AllocateArray<MemoryRegion>(Capacity, pinned: true);

    public AnnounceBatch Announces { get; } = new(Capacity, UdpTracker.MaxReplyBytes);

    public bool IsFull => Announces.IsFull;

    public int Count => Announces.Count;

    /// <summary>The next announce, to be filled in.</summary>
    public ref PackedAnnounce Add(uint transactionId, ReadOnlySpan<byte> name)
    {
        int at = Announces.Count;
        _transactions[at] = transactionId;
        _nameBytes[at] = (uint)name.Length;
        name.CopyTo(_names.AsSpan(at * SocketNames.Bytes));
        return ref Announces.Add();
    }

    public void Clear() => Announces.Clear();

    /// <summary>Sends the replies. What is still deferred has none: the clients ask again.</summary>
    public void Send(DatagramSocket socket)
    {
        AnnounceReplies replies = Announces.Replies;
        int ready = 0;
        for (int i = 0; i < Count; i++)
        {
            AnnounceOutcome outcome = replies.OutcomeOf(i);
            if (outcome == AnnounceOutcome.Deferred)
                continue;
            int length = AnnounceReplies.HeadBytes + replies.ReplyOf(i).Length;
            Span<byte> packet = replies.PlaceOf(i);
            if (outcome == AnnounceOutcome.Answered)
                new UdpReplyHeader(UdpTrackerAction.Announce, _transactions[i]).Write(packet);
            else
                length = new UdpErrorReply(_transactions[i], outcome.FailureReason()!).Write(packet);
            Prepare(ready++, i, length);
        }
        if (ready > 0)
            socket.Send(Pinned.Address(_messages), ready);
    }

    private void Prepare(int message, int index, int length)
    {
        _regions[message] = new MemoryRegion
        {
            Start = System.Runtime.CompilerServices.Unsafe.AsPointer(ref Announces.Replies.StartOf(index)),
            Bytes = (nuint)length,
        };
        _messages[message] = new MessageHeader
        {
            Name = Pinned.Address(_names) + index * SocketNames.Bytes,
            NameBytes = _nameBytes[index],
            Regions = Pinned.Address(_regions) + message,
            RegionCount = 1,
        };
    }
}
