namespace Distribution.EdgeSeeder.Seeding.Admission;

/// <summary>Where a peer stands with the unchoke slots. Guarded by <see cref="UnchokeSlots"/>.</summary>
internal sealed class SlotPlace
{
    /// <summary>Null: neither served nor waiting.</summary>
    public LinkedListNode<PeerConnection>? Node { get; set; }

    public bool IsServed { get; set; }

    /// <summary>The timestamp from which it is served.</summary>
    public long Since { get; set; }
}
