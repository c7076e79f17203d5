namespace Distribution.EdgeSeeder.Seeding.Admission;

/// <summary>Where a peer stands with the unchoke slots. Guarded by <see cref="UnchokeSlots"/>.</summary>
internal sealed class SlotPlace
{
    /// <summary>Null: neither served nor waiting.</summary>
    public LinkedListNode<PeerConnection>? Node { get; set; }

    public bool IsServed { get; set; }

    /// <summary>It was a stranger's when it was given.</summary>
    public bool IsStrangers { get; set; }

    /// <summary>The timestamp from which it is served.</summary>
    public long Since { get; set; }

    /// <summary>What the peer had got by then, in bytes.</summary>
    public long BytesBefore { get; set; }
}
