using System.Runtime.InteropServices;
using Distribution.Silos.Swarms.Tables;

namespace Distribution.Silos.Swarms.Selection;

/// <summary>
/// Remembers of a large swarm who announced from which network, so that neighbours are found without looking through it: 2 to 4 bytes a peer.
/// A hint only: each use is checked against the table, so that nothing has to be kept up when peers move or leave, and what is
/// overwritten comes back with the peer's next announce.
/// </summary>
/// <remarks>
/// A network has a stretch of places, found by hash: 16 for a prefix, 64 for an autonomous system or a country. A peer writes its position
/// into one of them, which follows from the position, over whoever was there. So a stretch holds those who announced last of a large network, and
/// most of a small one; networks share stretches and are told apart by eight bits.
/// </remarks>
internal sealed class Neighbourhoods
{
    private const int PrefixPlaces = 16;
    private const int WidePlaces = 64;
    private const int FewestPlaces = 128;
    private const int PositionBits = 24;
    private const uint PositionMask = (1u << PositionBits) - 1;

    private uint[] _places = new uint[FewestPlaces];

    /// <summary>Four bytes each.</summary>
    public int Places => _places.Length;

    /// <summary>The receiver has announced from where it is.</summary>
    public static void Follow(in Receiver receiver)
    {
        FamilyPeers family = receiver.Family;
        if (family.Neighbourhoods is not { } known)
            family.Neighbourhoods = known = Of(receiver);
        else if (family.Active > 2 * known.Places)
            known.Grow();
        else if (family.Active < known.Places / 2)
        {
            if (known.Places == FewestPlaces)
                family.Neighbourhoods = null;
            else
                known.Shrink();
        }
        Span<Group> groups = stackalloc Group[Group.Most];
        foreach (ref readonly Group group in Group.Of(receiver.Location, groups))
            known.Write(group, receiver.Position);
    }

    /// <summary>Names neighbours, from the nearest network on, until there are enough.</summary>
    public void Find(in Receiver receiver, int range, int most, ref Candidates candidates)
    {
        Span<Group> groups = stackalloc Group[Group.Most];
        foreach (ref readonly Group group in Group.Of(receiver.Location, groups))
        {
            if (candidates.Count >= most)
                return;
            Span<uint> places = PlacesOf(group);
            int start = receiver.Random.Next(places.Length);
            for (int i = 0; i < places.Length; i++)
            {
                uint place = places[(start + i) & (places.Length - 1)];
                int position = (int)(place & PositionMask) - 1;
                if (
                    (place & ~PositionMask) != group.Mark
                    || (uint)position >= (uint)range
                    || position == receiver.Position
                )
                    continue;
                Nearness nearness = receiver.NearnessOf(position);
                if (nearness < group.Nearness || !receiver.MayBeTold(position))
                    continue;
                candidates.Add(position, NearFirst.RatingOf(nearness));
                if (candidates.Count >= most)
                    return;
            }
        }
    }

    private static Neighbourhoods Of(in Receiver receiver)
    {
        var made = new Neighbourhoods();
        Span<Group> groups = stackalloc Group[Group.Most];
        for (int position = 0; position < receiver.Family.Active; position++)
        {
            foreach (ref readonly Group group in Group.Of(receiver.LocationOf(position), groups))
                made.Write(group, position);
        }
        return made;
    }

    private void Write(in Group group, int position)
    {
        Span<uint> places = PlacesOf(group);
        places[position & (places.Length - 1)] = group.Mark | (uint)(position + 1);
    }

    private Span<uint> PlacesOf(in Group group) =>
        _places.AsSpan((int)(group.Hash & (uint)(_places.Length - 1)) & ~(group.Places - 1), group.Places);

    /// <summary>Whatever was at a place is at both that it may be at now.</summary>
    private void Grow() => _places = [.. _places, .. _places];

    private void Shrink() => _places = _places[..(_places.Length / 2)];

    /// <summary>A network's stretch.</summary>
    /// <param name="Mark">The upper eight bits of its places.</param>
    /// <param name="Places">How many; a power of two.</param>
    /// <param name="Nearness">What is further away is of another network.</param>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Group(uint Hash, uint Mark, int Places, Nearness Nearness)
    {
        public const int Most = 3;

        /// <summary>The networks that a location is in, the nearest first.</summary>
        public static ReadOnlySpan<Group> Of(in PeerLocation location, Span<Group> groups)
        {
            int count = 0;
            groups[count++] = Make(location.Head >> (64 - location.PrefixBits), PrefixPlaces, Nearness.Prefix);
            groups[count++] =
                location.Network != 0
                    ? Make(location.Network, WidePlaces, Nearness.AutonomousSystem)
                    : Make(location.Head >> (64 - location.WidePrefixBits), WidePlaces, Nearness.WidePrefix);
            if (location.Country != 0)
                groups[count++] = Make(location.Country, WidePlaces, Nearness.Country);
            return groups[..count];
        }

        private static Group Make(ulong network, int places, Nearness nearness)
        {
            ulong hash = (network << 3 | (ulong)nearness) * 0x9E37_79B9_7F4A_7C15;
            return new Group((uint)(hash >> 32), (uint)(hash >> 24) << PositionBits, places, nearness);
        }
    }
}
