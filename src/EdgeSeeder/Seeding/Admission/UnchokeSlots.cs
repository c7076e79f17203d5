namespace Distribution.EdgeSeeder.Seeding.Admission;

/// <summary>
/// Who is served: interested peers, as many as there are slots. When more are interested, who has been served longest gives way once
/// its term is over, and waits in line. Households take turns in the line, and within one its peers. Any thread may call.
/// </summary>
internal sealed class UnchokeSlots(SeedingLimits limits, TimeProvider clock)
{
    private const int LeastSlots = 4;

    private readonly Lock _gate = new();
    private readonly LinkedList<PeerConnection> _served = new();
    private readonly LinkedList<Household> _line = new();
    private int _slots = limits.MaxUnchoked;

    /// <summary>Of a node with a limit only so many peers are served at once that each gets a rate that is worth something.</summary>
    public void FitTo(long uploadLimitBytesPerSecond)
    {
        long fitting =
            uploadLimitBytesPerSecond == 0
                ? limits.MaxUnchoked
                : Math.Max(LeastSlots, uploadLimitBytesPerSecond / limits.LeastPeerBytesPerSecond);
        lock (_gate)
        {
            _slots = (int)Math.Min(limits.MaxUnchoked, fitting);
            Fill();
        }
    }

    public void Enter(PeerConnection peer)
    {
        lock (_gate)
        {
            if (peer.Slot.Node is not null)
                return;
            Wait(peer);
            Fill();
        }
    }

    public void Leave(PeerConnection peer)
    {
        lock (_gate)
        {
            if (peer.Slot.Node is null)
                return;
            if (peer.Slot.IsServed)
                StopServing(peer);
            else
                StopWaiting(peer);
            Fill();
        }
    }

    /// <summary>Gives the slots of those whose term is over to those who wait; a tenth of the slots at a time.</summary>
    public void Rotate()
    {
        lock (_gate)
        {
            for (int turns = Math.Max(1, _slots / 10); turns > 0 && _line.Count > 0; turns--)
            {
                if (
                    _served.First is not { } oldest
                    || clock.GetElapsedTime(oldest.Value.Slot.Since) < limits.UnchokeTerm
                )
                    return;
                PeerConnection peer = oldest.Value;
                StopServing(peer);
                Wait(peer);
                Fill();
            }
        }
    }

    private void Wait(PeerConnection peer)
    {
        peer.Slot.Node = peer.Household.Waiting.AddLast(peer);
        if (peer.Household.Waiting.Count == 1)
            _line.AddLast(peer.Household);
    }

    private void StopWaiting(PeerConnection peer)
    {
        peer.Household.Waiting.Remove(peer.Slot.Node!);
        peer.Slot.Node = null;
        if (peer.Household.Waiting.Count == 0)
            _line.Remove(peer.Household);
    }

    private void StopServing(PeerConnection peer)
    {
        _served.Remove(peer.Slot.Node!);
        peer.Slot.Node = null;
        peer.Slot.IsServed = false;
        peer.Choke();
    }

    private void Fill()
    {
        while (_served.Count < _slots && _line.First is { } first)
        {
            Household household = first.Value;
            PeerConnection peer = household.Waiting.First!.Value;
            household.Waiting.RemoveFirst();
            _line.RemoveFirst();
            if (household.Waiting.Count > 0)
                _line.AddLast(household);
            peer.Slot.Node = _served.AddLast(peer);
            peer.Slot.IsServed = true;
            peer.Slot.Since = clock.GetTimestamp();
            peer.Unchoke();
        }
    }
}
