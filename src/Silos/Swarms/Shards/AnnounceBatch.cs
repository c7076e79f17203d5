using System.Runtime.InteropServices;
using Distribution.BitTorrent.Trackers;

namespace Distribution.Silos.Swarms.Shards;

/// <summary>
/// Announces for the swarms of one shard, or of several on one silo. Used again and again by the front end that owns it, so nobody else keeps it beyond the call; to a
/// shard on the same silo it goes without a copy.
/// </summary>
/// <remarks><see cref="Replies"/> stays on this silo: a shard on another one makes its own, and they come back as the call's answer.</remarks>
[Immutable]
internal sealed class AnnounceBatch
{
    private readonly PackedAnnounce[] _announces;

    /// <param name="capacity">Announces.</param>
    /// <param name="replyBytes">Room for one reply.</param>
    public AnnounceBatch(int capacity, int replyBytes)
        : this(new PackedAnnounce[capacity], new AnnounceReplies(capacity, replyBytes, isPinned: true)) { }

    private AnnounceBatch(PackedAnnounce[] announces, AnnounceReplies replies)
    {
        _announces = announces;
        Replies = replies;
    }

    public AnnounceReplies Replies { get; }

    public int Count { get; private set; }

    public int Capacity => _announces.Length;

    public bool IsFull => Count == _announces.Length;

    public ref readonly PackedAnnounce this[int index] => ref _announces[index];

    public ReadOnlySpan<PackedAnnounce> Announces => _announces.AsSpan(0, Count);

    /// <summary>The next announce, to be filled in; there must be room.</summary>
    public ref PackedAnnounce Add()
    {
        ref PackedAnnounce next = ref _announces[Count++];
        next = default;
        return ref next;
    }

    public void Clear() => Count = 0;

    /// <summary>Some of its announces as a batch of their own.</summary>
    public AnnounceBatch Pick(ReadOnlySpan<int> which)
    {
        var some = new AnnounceBatch(
            new PackedAnnounce[which.Length],
            new AnnounceReplies(which.Length, Replies.RoomBytes, isPinned: false)
        );
        foreach (int index in which)
            some.Add() = _announces[index];
        return some;
    }

    internal byte[] ToBytes() => MemoryMarshal.AsBytes(Announces).ToArray();

    /// <exception cref="FormatException">Not whole announces.</exception>
    internal static AnnounceBatch FromBytes(ReadOnlySpan<byte> bytes, int replyBytes)
    {
        ReadOnlySpan<PackedAnnounce> announces = MemoryMarshal.Cast<byte, PackedAnnounce>(bytes);
        if (MemoryMarshal.AsBytes(announces).Length != bytes.Length)
            throw new FormatException("A batch is made of whole announces.");
        int room = Math.Min(replyBytes, RoomFor(announces));
        return new AnnounceBatch(announces.ToArray(), new AnnounceReplies(announces.Length, room, isPinned: false))
        {
            Count = announces.Length,
        };
    }

    /// <summary>For the longest reply that one of these may have.</summary>
    private static int RoomFor(ReadOnlySpan<PackedAnnounce> announces)
    {
        int endpoints = 0;
        foreach (ref readonly PackedAnnounce announce in announces)
            endpoints = Math.Max(endpoints, announce.NumWant * CompactPeers.BytesPerPeer(announce.Endpoint.IsIPv6));
        return AnnounceReplies.HeadBytes + CompactReply.HeaderBytes + endpoints;
    }
}
