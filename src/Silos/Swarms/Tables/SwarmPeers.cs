using Distribution.BitTorrent;
using Distribution.Silos.Ledgers;

namespace Distribution.Silos.Swarms.Tables;

/// <summary>
/// The viewers of one swarm. Soft state: it comes back with their next announces. One thread at a time.
/// </summary>
/// <remarks>
/// A peer that is reached over both families has a record in each table, marked as dual; both say the same of its session and section, and
/// it counts once. Times are Unix seconds.
/// </remarks>
internal sealed partial class SwarmPeers
{
    /// <summary>An edge's last word about a viewer comes after the viewer's own.</summary>
    public const int RememberSeconds = 60;

    /// <summary>The whole file, as a share.</summary>
    public const int WholeShare = 1 << 24;

    private FamilyPeers? _four;
    private FamilyPeers? _six;
    private Dictionary<PeerId, WitnessMark>? _witnessed;
    private int _dualSeeds;
    private int _dualLeechers;

    public int Count => (_four?.Active ?? 0) + (_six?.Active ?? 0) - _dualSeeds - _dualLeechers;

    public int Seeds => (_four?.Seeds ?? 0) + (_six?.Seeds ?? 0) - _dualSeeds;

    public int Leechers => Count - Seeds;

    /// <summary>What the leechers hold together, in files.</summary>
    public double LeechersCopies => ((_four?.HeldShares ?? 0) + (_six?.HeldShares ?? 0)) / (double)WholeShare;

    /// <summary>Null: nobody was ever reached over this family.</summary>
    public FamilyPeers? OfFamily(bool isIPv6) => isIPv6 ? _six : _four;

    /// <summary>The same, made where there is none.</summary>
    public FamilyPeers TableOf(bool isIPv6) =>
        isIPv6 ? _six ??= new FamilyPeers(true) : _four ??= new FamilyPeers(false);

    /// <summary>Where a peer that is here is found, IPv4 first; null: it is not.</summary>
    public (FamilyPeers Family, int Position)? Find(in PeerId id)
    {
        foreach (FamilyPeers? family in (ReadOnlySpan<FamilyPeers?>)[_four, _six])
        {
            int position = family?.Find(id) ?? -1;
            if (position >= 0 && position < family!.Active)
                return (family, position);
        }
        return null;
    }

    /// <summary>
    /// The peer of this id, here, at this endpoint and in its section; made where it is new. Answers its position in its family's table; -1
    /// where the table is full.
    /// </summary>
    /// <param name="known">Where it was found just before; -1: it was not looked for.</param>
    /// <remarks>An endpoint has one peer: a client that came back under another id replaces its former self.</remarks>
    public int Place(in PeerId id, in WireEndpoint endpoint, bool isSeed, int known)
    {
        FamilyPeers family = TableOf(endpoint.IsIPv6);
        ReadOnlySpan<byte> wire = endpoint.AsSpan();
        int position = known >= 0 ? known : family.Find(id);
        if (position < 0 || !family.EndpointAt(position).SequenceEqual(wire))
        {
            int former = family.At(wire);
            if (former >= 0)
                Remove(family, former);
            if (position < 0)
            {
                if (family.IsFull)
                    return -1;
                position = family.Add(id, wire);
            }
            else
            {
                // Who was there may have changed its place.
                position = family.Find(id);
                family.SetEndpoint(position, wire);
            }
        }
        PeerSection section = isSeed ? PeerSection.Seeds : PeerSection.Leechers;
        if (family.SectionOf(position) != section)
            position = Enter(family, position, section);
        return position;
    }

    /// <summary>Keeps what is booked, at every record of this peer.</summary>
    public void SetSession(in PeerId id, in ViewerSession session)
    {
        foreach (FamilyPeers? family in (ReadOnlySpan<FamilyPeers?>)[_four, _six])
        {
            int position = family?.Find(id) ?? -1;
            if (position >= 0)
                family![position].SetSession(session);
        }
    }

    /// <summary>Everybody has to be booked again: the accounts are another file's.</summary>
    public void ForgetSessions()
    {
        _witnessed = null;
        foreach (FamilyPeers? family in (ReadOnlySpan<FamilyPeers?>)[_four, _six])
        {
            for (int position = 0; position < (family?.Count ?? 0); position++)
                family![position].ForgetSession();
        }
    }

    /// <summary>What it holds now, of a leecher.</summary>
    public void SetHeld(FamilyPeers family, int position, int share)
    {
        if (family[position].IsDual && family.IsIPv6)
        {
            position = _four!.Find(family[position].Id);
            family = _four;
        }
        family.SetHeld(position, share);
    }

    /// <summary>Moves a peer that is here; answers its new position.</summary>
    public int SetSeed(FamilyPeers family, int position, bool isSeed)
    {
        PeerSection section = isSeed ? PeerSection.Seeds : PeerSection.Leechers;
        if (family.SectionOf(position) == section)
            return position;
        position = family.Move(position, section);
        if (family[position].IsDual)
        {
            FamilyPeers other = Other(family)!;
            other.Move(other.Find(family[position].Id), section);
            _dualSeeds += isSeed ? 1 : -1;
            _dualLeechers -= isSeed ? 1 : -1;
        }
        return position;
    }

    /// <summary>It said that it leaves: gone at once, remembered for <see cref="RememberSeconds"/>.</summary>
    public void Leave(in PeerId id, uint now)
    {
        foreach (FamilyPeers? family in (ReadOnlySpan<FamilyPeers?>)[_four, _six])
        {
            int position = family?.Find(id) ?? -1;
            if (position < 0 || position >= family!.Active)
                continue;
            Unlink(family, position);
            position = family.Move(position, PeerSection.Gone);
            family[position].ExpiresAt = now + RememberSeconds;
        }
    }

    /// <summary>
    /// Lets go of whoever stayed away too long, among the next <paramref name="budget"/> of each family; answers how many it looked at.
    /// </summary>
    public int Sweep(uint now, int budget)
    {
        int looked = 0;
        foreach (FamilyPeers? family in (ReadOnlySpan<FamilyPeers?>)[_four, _six])
        {
            if (family is null)
                continue;
            // Downwards: what is swapped into a freed place was looked at before.
            int most = Math.Min(budget, family.Count);
            for (int step = 0; step < most && family.Count > 0; step++, looked++)
            {
                int cursor = family.SweepCursor;
                cursor = (cursor <= 0 || cursor > family.Count ? family.Count : cursor) - 1;
                family.SweepCursor = cursor;
                if (family[cursor].ExpiresAt <= now)
                    Remove(family, cursor);
            }
        }
        return looked;
    }

    /// <summary>All records, also of those who left.</summary>
    public int Records => (_four?.Count ?? 0) + (_six?.Count ?? 0);

    public WitnessMark WitnessOf(in PeerId id) => _witnessed?.GetValueOrDefault(id) ?? default;

    public void SetWitness(in PeerId id, WitnessMark mark) => (_witnessed ??= [])[id] = mark;

    private FamilyPeers? Other(FamilyPeers family) => ReferenceEquals(family, _four) ? _six : _four;

    private int Enter(FamilyPeers family, int position, PeerSection section)
    {
        if (position < family.Active)
            return SetSeed(family, position, section == PeerSection.Seeds);
        position = family.Move(position, section);
        FamilyPeers? other = Other(family);
        int twin = other?.Find(family[position].Id) ?? -1;
        if (twin < 0 || twin >= other!.Active)
            return position;
        twin = SetSeed(other, twin, section == PeerSection.Seeds);
        int held = Math.Max(family[position].HeldShare, other[twin].HeldShare);
        family.SetHeld(position, family.IsIPv6 ? 0 : held);
        other.SetHeld(twin, other.IsIPv6 ? 0 : held);
        family[position].Flags |= PeerFlags.Dual;
        other[twin].Flags |= PeerFlags.Dual;
        CountDual(section, 1);
        return position;
    }

    private void Unlink(FamilyPeers family, int position)
    {
        if (!family[position].IsDual)
            return;
        FamilyPeers other = Other(family)!;
        int twin = other.Find(family[position].Id);
        int held = Math.Max(family[position].HeldShare, other[twin].HeldShare);
        family[position].Flags &= ~PeerFlags.Dual;
        other[twin].Flags &= ~PeerFlags.Dual;
        family.SetHeld(position, 0);
        other.SetHeld(twin, held);
        CountDual(family.SectionOf(position), -1);
    }

    private void CountDual(PeerSection section, int change)
    {
        if (section == PeerSection.Seeds)
            _dualSeeds += change;
        else
            _dualLeechers += change;
    }

    private void Remove(FamilyPeers family, int position)
    {
        Unlink(family, position);
        if (_witnessed is not null && (Other(family)?.Find(family[position].Id) ?? -1) < 0)
            _witnessed.Remove(family[position].Id);
        family.Remove(position);
    }
}
