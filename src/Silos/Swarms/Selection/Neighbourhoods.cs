using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Distribution.Silos.Swarms.Tables;

namespace Distribution.Silos.Swarms.Selection;

/// <summary>
/// Remembers of a large swarm who announced from which network, so that neighbours are found without looking through it: 2 to 4 bytes a peer.
/// A hint only: each use is checked against the table, so that nothing has to be kept up when peers move or leave, and what is
/// overwritten comes back with the peer's next announce.
/// </summary>
/// <remarks>
/// A network has a stretch of 64 places, found by hash. A peer writes its position into one of them, which follows from the position, over whoever was
/// there. So a stretch holds those who announced last of a large network, and most of a small one; networks share stretches and are told apart by
/// eight bits.
/// </remarks>
internal sealed class Neighbourhoods
{
    /// <summary>Places of a network; as many as bits of a word.</summary>
    private const int Stretch = 64;
    private const int FewestPlaces = 2 * Stretch;
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
        EndpointView endpoints = receiver.Family.Endpoints;
        Span<Group> groups = stackalloc Group[Group.Most];
        // Who is nearer than a network was found in the one before, or has no place there.
        Nearness below = Nearness.Household + 1;
        foreach (ref readonly Group group in Group.Of(receiver.Location, groups))
        {
            Span<uint> stretch = StretchOf(group);
            int start = receiver.Random.Next(Stretch);
            for (
                ulong marked = BitOperations.RotateRight(MarkedIn(stretch, group.Mark), start);
                marked != 0;
                marked &= marked - 1
            )
            {
                if (candidates.Count >= most)
                    return;
                uint place = stretch[(BitOperations.TrailingZeroCount(marked) + start) & (Stretch - 1)];
                int position = (int)(place & PositionMask) - 1;
                if ((uint)position >= (uint)range || position == receiver.Position)
                    continue;
                Nearness nearness = receiver.NearnessOf(endpoints, position);
                if (nearness >= group.Nearness && nearness < below && receiver.MayBeTold(position))
                    candidates.AddNew(position, NearFirst.RatingOf(nearness));
            }
            below = group.Nearness;
        }
    }

    /// <summary>A bit for each place that bears the mark.</summary>
    private static ulong MarkedIn(ReadOnlySpan<uint> stretch, uint mark)
    {
        ulong marked = 0;
        Vector256<uint> wanted = Vector256.Create(mark);
        Vector256<uint> upper = Vector256.Create(~PositionMask);
        for (int i = 0; i < Stretch; i += Vector256<uint>.Count)
        {
            Vector256<uint> places = Vector256.Create(stretch.Slice(i, Vector256<uint>.Count));
            marked |= (ulong)Vector256.Equals(places & upper, wanted).ExtractMostSignificantBits() << i;
        }
        return marked;
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

    private void Write(in Group group, int position) =>
        StretchOf(group)[position & (Stretch - 1)] = group.Mark | (uint)(position + 1);

    private Span<uint> StretchOf(in Group group) =>
        _places.AsSpan((int)(group.Hash & (uint)(_places.Length - 1)) & ~(Stretch - 1), Stretch);

    /// <summary>Whatever was at a place is at both that it may be at now.</summary>
    private void Grow() => _places = [.. _places, .. _places];

    private void Shrink() => _places = _places[..(_places.Length / 2)];

    /// <summary>A network's stretch.</summary>
    /// <param name="Mark">The upper eight bits of its places.</param>
    /// <param name="Nearness">What is further away is of another network.</param>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Group(uint Hash, uint Mark, Nearness Nearness)
    {
        public const int Most = 3;

        /// <summary>The networks that a location is in, the nearest first.</summary>
        public static ReadOnlySpan<Group> Of(in PeerLocation location, Span<Group> groups)
        {
            int count = 0;
            groups[count++] = Make(location.Head >> (64 - location.PrefixBits), Nearness.Prefix);
            groups[count++] =
                location.Network != 0
                    ? Make(location.Network, Nearness.AutonomousSystem)
                    : Make(location.Head >> (64 - location.WidePrefixBits), Nearness.WidePrefix);
            if (location.Country != 0)
                groups[count++] = Make(location.Country, Nearness.Country);
            return groups[..count];
        }

        private static Group Make(ulong network, Nearness nearness)
        {
            ulong hash = (network << 3 | (ulong)nearness) * 0x9E37_79B9_7F4A_7C15;
            return new Group((uint)(hash >> 32), (uint)(hash >> 24) << PositionBits, nearness);
        }
    }
}
