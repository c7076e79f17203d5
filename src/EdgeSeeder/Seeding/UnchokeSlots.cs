namespace Distribution.EdgeSeeder.Seeding;

/// <summary>
/// Who is served: interested peers, as many as there are slots. When more are interested, who has been served longest gives way once
/// its term is over, and waits in line.
/// </summary>
internal sealed class UnchokeSlots(int slots, TimeSpan term, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<(PeerConnection Peer, long Since)> _served = new();
    private readonly LinkedList<PeerConnection> _waiting = new();

    public void Enter(PeerConnection peer)
    {
        lock (_gate)
        {
            if (_waiting.Contains(peer) || Find(peer) is not null)
                return;
            _waiting.AddLast(peer);
            Fill();
        }
    }

    public void Leave(PeerConnection peer)
    {
        lock (_gate)
        {
            if (_waiting.Remove(peer) || Find(peer) is not { } served)
                return;
            _served.Remove(served);
            peer.Choke();
            Fill();
        }
    }

    /// <summary>Gives the slots of those whose term is over to those who wait; a tenth of the slots at a time.</summary>
    public void Rotate()
    {
        lock (_gate)
        {
            for (int turns = Math.Max(1, slots / 10); turns > 0 && _waiting.Count > 0; turns--)
            {
                if (_served.First is not { } oldest || clock.GetElapsedTime(oldest.Value.Since) < term)
                    return;
                _served.Remove(oldest);
                oldest.Value.Peer.Choke();
                _waiting.AddLast(oldest.Value.Peer);
                Fill();
            }
        }
    }

    private void Fill()
    {
        while (_served.Count < slots && _waiting.First is { } next)
        {
            _waiting.Remove(next);
            _served.AddLast((next.Value, clock.GetTimestamp()));
            next.Value.Unchoke();
        }
    }

    private LinkedListNode<(PeerConnection Peer, long Since)>? Find(PeerConnection peer)
    {
        for (
            LinkedListNode<(PeerConnection Peer, long Since)>? node = _served.First;
            node is not null;
            node = node.Next
        )
        {
            if (ReferenceEquals(node.Value.Peer, peer))
                return node;
        }
        return null;
    }
}
