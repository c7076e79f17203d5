namespace Distribution.EdgeSeeder.Seeding.Admission;

/// <summary>
/// Who is served: interested peers, as many as there are slots. When more are interested, those give way first who take much less than the
/// others, then who has been served longest once its term is over. Viewers come before strangers, who keep a tenth of the slots. Households take
/// turns in the line, and within one its peers. Any thread may call.
/// </summary>
internal sealed class UnchokeSlots(SeedingLimits limits, TimeProvider clock)
{
    private const int LeastSlots = 4;
    private const int StrangersPart = 10;

    /// <summary>Who takes less than this part of what the median of the served takes is slow.</summary>
    private const int SlowPart = 8;

    private readonly Lock _gate = new();
    private readonly LinkedList<PeerConnection> _served = new();
    private readonly LinkedList<Household> _viewers = new();
    private readonly LinkedList<Household> _strangers = new();
    private int _slots = limits.MaxUnchoked;
    private int _servedStrangers;

    private int StrangersSlots => _slots / StrangersPart;

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

    /// <summary>
    /// Gives slots to those who wait, a tenth of them at a time: those of strangers beyond their share and of slow peers at once, of others when
    /// their term is over. Called every tick.
    /// </summary>
    public void Rotate()
    {
        lock (_gate)
        {
            if (_viewers.Count + _strangers.Count == 0)
                return;
            LookAgainAtStrangers();
            int turns = Math.Max(1, _slots / 10);
            foreach (PeerConnection peer in GivingWay())
            {
                if (turns == 0)
                    break;
                // One may be named for two reasons.
                if (!peer.Slot.IsServed || !MayGiveWay(peer))
                    continue;
                turns--;
                StopServing(peer);
                Fill();
                Wait(peer);
            }
        }
    }

    /// <summary>The tracker may have told of them meanwhile; and who takes the same again comes with them.</summary>
    private void LookAgainAtStrangers()
    {
        for (LinkedListNode<Household>? node = _strangers.First; node is not null; )
        {
            Household household = node.Value;
            node = node.Next;
            if (!household.Waiting.First!.Value.ComesFirst)
                continue;
            _strangers.Remove(household.Place!);
            household.Place = _viewers.AddLast(household);
        }
        foreach (PeerConnection peer in _served)
        {
            if (peer.Slot.IsStrangers != peer.ComesFirst)
                continue;
            peer.Slot.IsStrangers = !peer.ComesFirst;
            _servedStrangers += peer.Slot.IsStrangers ? 1 : -1;
        }
    }

    private List<PeerConnection> GivingWay()
    {
        int beyond = Math.Max(0, Math.Min(_viewers.Count, _servedStrangers - StrangersSlots));
        return
        [
            .. _served.Where(static peer => peer.Slot.IsStrangers).Take(beyond),
            .. Slow(),
            .. _served.TakeWhile(peer => clock.GetElapsedTime(peer.Slot.Since) >= limits.UnchokeTerm),
        ];
    }

    /// <summary>To whom it would have to: a viewer gives way to a stranger only while strangers have less than their share.</summary>
    private bool MayGiveWay(PeerConnection peer) =>
        _viewers.Count > 0 || (_strangers.Count > 0 && (peer.Slot.IsStrangers || _servedStrangers < StrangersSlots));

    /// <summary>Of those who have been served for a while.</summary>
    private List<PeerConnection> Slow()
    {
        var known = new List<(PeerConnection Peer, double BytesPerSecond)>();
        foreach (PeerConnection peer in _served)
        {
            TimeSpan served = clock.GetElapsedTime(peer.Slot.Since);
            // They stand in the order in which they began.
            if (served < limits.SlowTerm)
                break;
            known.Add((peer, (peer.PayloadBytes - peer.Slot.BytesBefore) / served.TotalSeconds));
        }
        if (known.Count == 0)
            return [];
        double[] rates = [.. known.Select(static one => one.BytesPerSecond).Order()];
        double least = rates[rates.Length / 2] / SlowPart;
        return [.. known.Where(one => one.BytesPerSecond < least).Select(static one => one.Peer)];
    }

    private void Wait(PeerConnection peer)
    {
        Household household = peer.Household;
        peer.Slot.Node = household.Waiting.AddLast(peer);
        if (household.Waiting.Count == 1)
            household.Place = (peer.ComesFirst ? _viewers : _strangers).AddLast(household);
    }

    private static void StopWaiting(PeerConnection peer)
    {
        peer.Household.Waiting.Remove(peer.Slot.Node!);
        peer.Slot.Node = null;
        if (peer.Household.Waiting.Count == 0)
            LeaveLine(peer.Household);
    }

    private void StopServing(PeerConnection peer)
    {
        _served.Remove(peer.Slot.Node!);
        peer.Slot.Node = null;
        peer.Slot.IsServed = false;
        if (peer.Slot.IsStrangers)
            _servedStrangers--;
        peer.Choke();
    }

    private static void LeaveLine(Household household)
    {
        household.Place!.List!.Remove(household.Place);
        household.Place = null;
    }

    /// <summary>Viewers first; but strangers have their part of the slots.</summary>
    private Household? Next() =>
        _servedStrangers < StrangersSlots && _served.Count - _servedStrangers >= _slots - StrangersSlots
            ? (_strangers.First ?? _viewers.First)?.Value
            : (_viewers.First ?? _strangers.First)?.Value;

    private void Fill()
    {
        while (_served.Count < _slots && Next() is { } household)
        {
            PeerConnection peer = household.Waiting.First!.Value;
            LinkedList<Household> line = household.Place!.List!;
            household.Waiting.RemoveFirst();
            LeaveLine(household);
            if (household.Waiting.Count > 0)
                household.Place = line.AddLast(household);
            peer.Slot.Node = _served.AddLast(peer);
            peer.Slot.IsServed = true;
            peer.Slot.IsStrangers = !peer.ComesFirst;
            if (peer.Slot.IsStrangers)
                _servedStrangers++;
            peer.Slot.Since = clock.GetTimestamp();
            peer.Slot.BytesBefore = peer.PayloadBytes;
            peer.Unchoke();
        }
    }
}
