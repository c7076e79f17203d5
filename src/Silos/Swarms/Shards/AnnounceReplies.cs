using System.Runtime.InteropServices;
using Distribution.BitTorrent.Trackers;

namespace Distribution.Silos.Swarms.Shards;

/// <summary>
/// The replies to an <see cref="AnnounceBatch"/>, in its order. Each has a place of fixed size that starts with room for the header of a UDP
/// reply, so that over UDP it is sent from where it was written.
/// </summary>
[Immutable]
internal sealed class AnnounceReplies
{
    /// <summary>Of one reply: <see cref="CompactReply"/> follows.</summary>
    public const int HeadBytes = UdpReplyHeader.LengthBytes;

    private readonly byte[] _bytes;
    private readonly int[] _lengths;
    private readonly AnnounceOutcome[] _outcomes;

    /// <param name="isPinned">
    /// The kernel may read it where it is. For replies that are kept and used again: what is made for one call would cost collections of all
    /// generations.
    /// </param>
    public AnnounceReplies(int capacity, int roomBytes, bool isPinned)
    {
        RoomBytes = roomBytes;
        _bytes = GC.AllocateUninitializedArray<byte>(capacity * roomBytes, isPinned);
        _lengths = new int[capacity];
        _outcomes = new AnnounceOutcome[capacity];
    }

    /// <summary>Of one reply, its head included.</summary>
    public int RoomBytes { get; }

    /// <summary>Where the shard is that answered; null: not said.</summary>
    public SiloAddress? Owner { get; set; }

    public AnnounceOutcome OutcomeOf(int index) => _outcomes[index];

    /// <summary>Where a reply is written, its head first.</summary>
    public Span<byte> PlaceOf(int index) => _bytes.AsSpan(index * RoomBytes, RoomBytes);

    /// <summary>The <see cref="CompactReply"/> of an announce that was answered.</summary>
    public ReadOnlySpan<byte> ReplyOf(int index) => PlaceOf(index).Slice(HeadBytes, _lengths[index]);

    /// <summary>Stays where it is, where it is pinned.</summary>
    public ref byte StartOf(int index) => ref MemoryMarshal.GetReference(PlaceOf(index));

    public void Set(int index, AnnounceOutcome outcome, int replyBytes)
    {
        _outcomes[index] = outcome;
        _lengths[index] = replyBytes;
    }

    /// <summary>Takes over what another silo wrote.</summary>
    public void CopyFrom(AnnounceReplies other, int count)
    {
        for (int i = 0; i < count; i++)
            CopyFrom(other, i, i);
    }

    /// <summary>Takes over one reply.</summary>
    public void CopyFrom(AnnounceReplies other, int from, int to)
    {
        ReadOnlySpan<byte> reply = other.ReplyOf(from);
        reply.CopyTo(PlaceOf(to)[HeadBytes..]);
        Set(to, other.OutcomeOf(from), reply.Length);
    }

    internal AnnounceRepliesSurrogate ToSurrogate()
    {
        int total = 0;
        foreach (int length in _lengths)
            total += length;
        var bytes = new byte[total];
        int at = 0;
        for (int i = 0; i < _lengths.Length; i++)
        {
            ReplyOf(i).CopyTo(bytes.AsSpan(at));
            at += _lengths[i];
        }
        return new AnnounceRepliesSurrogate
        {
            Outcomes = MemoryMarshal.Cast<AnnounceOutcome, byte>(_outcomes).ToArray(),
            Lengths = _lengths,
            Bytes = bytes,
            Owner = Owner,
        };
    }

    internal static AnnounceReplies Of(in AnnounceRepliesSurrogate surrogate)
    {
        var replies = new AnnounceReplies(surrogate.Lengths.Length, RoomFor(surrogate.Lengths), isPinned: false)
        {
            Owner = surrogate.Owner,
        };
        int at = 0;
        for (int i = 0; i < surrogate.Lengths.Length; i++)
        {
            int length = surrogate.Lengths[i];
            surrogate.Bytes.AsSpan(at, length).CopyTo(replies.PlaceOf(i)[HeadBytes..]);
            at += length;
            replies.Set(i, (AnnounceOutcome)surrogate.Outcomes[i], length);
        }
        return replies;
    }

    // Only as much as there is: they are copied to where they are sent from.
    private static int RoomFor(int[] lengths)
    {
        int longest = 0;
        foreach (int length in lengths)
            longest = Math.Max(longest, length);
        return HeadBytes + longest;
    }
}
