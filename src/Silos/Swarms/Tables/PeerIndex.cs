namespace Distribution.Silos.Swarms.Tables;

/// <summary>
/// Finds positions by hash: open addressing with linear probing, four bytes a place: eight bits of the hash, 24 of the position. Its owner
/// compares the keys and knows the hash of each position.
/// </summary>
internal struct PeerIndex
{
    /// <summary>No more positions than this.</summary>
    public const int MaxPositions = (1 << 24) - 2;

    private const int PositionBits = 24;
    private const uint PositionMask = (1u << PositionBits) - 1;
    private const uint FingerprintMask = ~PositionMask;
    private const int SmallestPlaces = 16;

    /// <summary>A guess costs no more than this.</summary>
    private const int MostPeeked = 16;

    private uint[]? _places;

    public readonly bool IsBuilt => _places is not null;

    /// <summary>Whether it should be built anew for so many positions: too full, or far too large.</summary>
    public readonly bool Misfits(int count)
    {
        if (_places is null)
            return true;
        int places = _places.Length;
        return count > places - places / 5 || (places > SmallestPlaces && count < places / 8);
    }

    /// <summary>Starts anew, empty, with room for so many and some more.</summary>
    public void Reset(int count)
    {
        int places = SmallestPlaces;
        while (count + count / 8 > places - places / 5)
            places *= 2;
        _places = new uint[places];
    }

    public void Drop() => _places = null;

    public readonly Probe Find(ulong hash) => new(_places!, hash);

    public readonly void Add(ulong hash, int position)
    {
        uint[] places = _places!;
        uint mask = (uint)places.Length - 1;
        uint at = (uint)hash & mask;
        while (places[at] != 0)
            at = (at + 1) & mask;
        places[at] = Entry(hash, position);
    }

    /// <summary>Two positions change places.</summary>
    public readonly void Swap(ulong leftHash, int left, ulong rightHash, int right)
    {
        uint leftAt = PlaceOf(leftHash, left);
        uint rightAt = PlaceOf(rightHash, right);
        _places![leftAt] = Entry(leftHash, right);
        _places[rightAt] = Entry(rightHash, left);
    }

    /// <summary>Takes a position out, and moves those that were pushed beyond it back, so that no gap breaks a search.</summary>
    /// <param name="hashOf">The hash of any position that is in the index.</param>
    public readonly void Remove<TKeys>(ulong hash, int position, TKeys hashOf)
        where TKeys : struct, IPositionHashes
    {
        uint[] places = _places!;
        uint mask = (uint)places.Length - 1;
        uint gap = PlaceOf(hash, position);
        for (uint at = (gap + 1) & mask; places[at] != 0; at = (at + 1) & mask)
        {
            uint home = (uint)hashOf.HashAt((int)(places[at] & PositionMask) - 1) & mask;
            if (((at - home) & mask) < ((at - gap) & mask))
                continue;
            places[gap] = places[at];
            gap = at;
        }
        places[gap] = 0;
    }

    /// <summary>Asks for the memory that <see cref="Peek"/> looks at. Any thread.</summary>
    public readonly void AskFor(ulong hash)
    {
        if (_places is { } places)
            CacheLines.Ask(ref places[(uint)hash & ((uint)places.Length - 1)]);
    }

    /// <summary>A position that likely has this hash; -1: none. Any thread: while there are changes it may be another.</summary>
    public readonly int Peek(ulong hash)
    {
        if (_places is not { } places)
            return -1;
        uint mask = (uint)places.Length - 1;
        for (uint look = 0; look < MostPeeked; look++)
        {
            uint entry = places[((uint)hash + look) & mask];
            if (entry == 0)
                return -1;
            if ((entry & FingerprintMask) == FingerprintOf(hash))
                return (int)(entry & PositionMask) - 1;
        }
        return -1;
    }

    private readonly uint PlaceOf(ulong hash, int position)
    {
        uint[] places = _places!;
        uint mask = (uint)places.Length - 1;
        uint entry = Entry(hash, position);
        uint at = (uint)hash & mask;
        while (places[at] != entry)
        {
            if (places[at] == 0)
                throw new InvalidOperationException("The index does not hold the position.");
            at = (at + 1) & mask;
        }
        return at;
    }

    private static uint Entry(ulong hash, int position) => FingerprintOf(hash) | (uint)(position + 1);

    private static uint FingerprintOf(ulong hash) => (uint)(hash >> 32) & FingerprintMask;

    /// <summary>Gives the hash of what is at a position.</summary>
    public interface IPositionHashes
    {
        ulong HashAt(int position);
    }

    /// <summary>The positions that may be meant by a hash.</summary>
    public ref struct Probe(uint[] places, ulong hash)
    {
        private readonly uint _mask = (uint)places.Length - 1;
        private readonly uint _fingerprint = FingerprintOf(hash);
        private uint _at = (uint)hash & ((uint)places.Length - 1);

        public bool TryNext(out int position)
        {
            while (true)
            {
                uint entry = places[_at];
                position = (int)(entry & PositionMask) - 1;
                if (entry == 0)
                    return false;
                _at = (_at + 1) & _mask;
                if ((entry & FingerprintMask) == _fingerprint)
                    return true;
            }
        }
    }
}
