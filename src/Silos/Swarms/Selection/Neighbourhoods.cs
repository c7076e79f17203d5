using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Distribution.Silos.Swarms.Tables;

namespace Distribution.Silos.Swarms.Selection;

/// <summary>
/// Remembers of a large swarm who announced from which network, so that neighbours are found without looking through it: at most 64 of each
/// network, those of a large one who announced last. A hint only: each use is checked against the table, so nothing has to be kept up when
/// peers move or leave, and who is missing comes with its next announce.
/// </summary>
/// <remarks>
/// Networks are found by hash, with open addressing, eight bytes each: 31 bits of the hash, the size of its segment as a power of two, and where that is in the pool. A
/// segment holds positions plus one; 0 is free. Both arrays are bounded by the number of peers (<see cref="BytesPerPeer"/> each): beyond, a new
/// network replaces one of a single peer.
/// </remarks>
internal sealed partial class Neighbourhoods
{
    private const int MostMembers = 64;
    private const int BytesPerPeer = 4;
    private const int FewestBytes = 1024;

    /// <summary>A provider of so many peers has prefixes of its own.</summary>
    private const int Many = MostMembers / 2;
    private const int Few = MostMembers / 8;

    private const int OffsetBits = 28;
    private const ulong OffsetMask = (1UL << OffsetBits) - 1;
    private const uint Used = 1u << 31;

    private readonly int[] _free = [-1, -1, -1, -1, -1, -1, -1];
    private ulong[] _networks = new ulong[32];
    private uint[] _pool = new uint[64];
    private int _networkCount;
    private int _poolUsed;
    private int _writes;

    /// <summary>What it takes, in bytes.</summary>
    public int Bytes => _networks.Length * sizeof(ulong) + _pool.Length * sizeof(uint);

    /// <summary>The receiver has announced from where it is.</summary>
    public static void Follow(in Receiver receiver)
    {
        FamilyPeers family = receiver.Family;
        if (family.Active < NearFirst.MostLookedThrough / 2)
            family.Neighbourhoods = null;
        else if (family.Neighbourhoods is not { } known || known.IsWornOut(family.Active))
            family.Neighbourhoods = Of(receiver);
        else
            known.Write(receiver, receiver.Location, receiver.Position);
    }

    /// <summary>Names neighbours, from the nearest network on, until there are enough.</summary>
    [SkipLocalsInit]
    public void Find(in Receiver receiver, int range, int most, ref Candidates candidates)
    {
        Unsafe.SkipInit(out Groups groups);
        foreach (ref readonly Group group in Group.Of(receiver.Location, groups))
        {
            ulong network = _networks[PlaceOf(group.Tag)];
            if (network != 0)
                Name(MembersOf(network), receiver, group.Nearness, range, most, ref candidates);
            if (candidates.Count >= most)
                return;
        }
    }

    /// <summary>Names members of a network, from a random place on. A wider network has those of the narrower too.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Name(
        ReadOnlySpan<uint> members,
        in Receiver receiver,
        Nearness least,
        int range,
        int most,
        ref Candidates candidates
    )
    {
        EndpointView endpoints = receiver.Family.Endpoints;
        bool isFirst = candidates.Count == 0;
        Span<int> positions = candidates.NextPositions;
        Span<sbyte> ratings = candidates.NextRatings[..positions.Length];
        most = Math.Min(most - candidates.Count, positions.Length);
        int start = receiver.Random.Next(members.Length);
        ulong here = RotateRight(WhoIsHere(members, range, receiver.Position), start, members.Length);
        int named = 0;
        for (; here != 0 && named < most; here &= here - 1)
        {
            int place = (start + BitOperations.TrailingZeroCount(here)) & (members.Length - 1);
            int position = (int)members[place] - 1;
            if (!isFirst && !candidates.IsNew(position))
                continue;
            Nearness nearness = receiver.NearnessOf(endpoints, position);
            if (nearness < least || !receiver.MayBeTold(position))
                continue;
            positions[named] = position;
            ratings[named++] = NearFirst.RatingOf(nearness);
        }
        candidates.AddWritten(named);
    }

    /// <summary>A bit for each member that is among the first <paramref name="range"/>, but not for <paramref name="self"/>.</summary>
    /// <param name="members">A power of two, at most 64.</param>
    /// <remarks>Nobody can foretell who is, and a wrong guess of the processor's costs more than all else here: so all are asked at once.</remarks>
    private static ulong WhoIsHere(ReadOnlySpan<uint> members, int range, int self)
    {
        ulong here = 0;
        ulong receivers = 0;
        int at = 0;
        for (; at + Vector256<uint>.Count <= members.Length; at += Vector256<uint>.Count)
        {
            var some = Vector256.Create(members.Slice(at, Vector256<uint>.Count));
            // 0 is nobody, and with one less the greatest number.
            Vector256<uint> isHere = Vector256.LessThan(some - Vector256<uint>.One, Vector256.Create((uint)range));
            Vector256<uint> isSelf = Vector256.Equals(some, Vector256.Create((uint)self + 1));
            here |= (ulong)isHere.ExtractMostSignificantBits() << at;
            receivers |= (ulong)isSelf.ExtractMostSignificantBits() << at;
        }
        here &= ~receivers;
        for (; at < members.Length; at++)
        {
            if (members[at] - 1 < (uint)range && members[at] != (uint)self + 1)
                here |= 1UL << at;
        }
        return here;
    }

    /// <summary>Of a number of so many bits, a power of two.</summary>
    private static ulong RotateRight(ulong number, int by, int bits) =>
        by == 0 ? number : (number >> by | number << (bits - by)) & (ulong.MaxValue >> (64 - bits));

    private static Neighbourhoods Of(in Receiver receiver)
    {
        var made = new Neighbourhoods();
        for (int position = 0; position < receiver.Family.Active; position++)
            made.Write(receiver, receiver.LocationOf(position), position);
        made._writes = 0;
        return made;
    }

    /// <summary>Larger than it may be now, perhaps of networks that are empty, and long enough in use that making it anew costs little.</summary>
    private bool IsWornOut(int peers) =>
        _writes > 2 * peers
        && (
            !MayGrow(peers, Math.Max(sizeof(ulong) * _networks.Length, sizeof(uint) * _pool.Length))
            || (IsCrowded && !MayGrow(peers, 2 * sizeof(ulong) * _networks.Length))
        );

    private bool IsCrowded => _networkCount > _networks.Length - _networks.Length / 4;

    private static bool MayGrow(int peers, int bytes) => bytes <= BytesPerPeer * peers + FewestBytes;

    /// <summary>
    /// Under its provider. Where that has many, also under its prefix, of which few would be found among them; where it has few, also under its
    /// country, for all like it.
    /// </summary>
    private void Write(in Receiver receiver, in PeerLocation location, int position)
    {
        _writes++;
        Unsafe.SkipInit(out Groups groups);
        ReadOnlySpan<Group> known = Group.Of(location, groups);
        int room = Write(receiver, location, known[Group.Provider], position);
        if (room >= Many)
            Write(receiver, location, known[Group.Prefix], position);
        else if (room <= Few && known.Length > Group.Country)
            Write(receiver, location, known[Group.Country], position);
    }

    /// <summary>Answers how many the network has room for.</summary>
    private int Write(in Receiver receiver, in PeerLocation location, in Group group, int position)
    {
        int place = PlaceOf(group.Tag);
        if (_networks[place] == 0)
        {
            if (IsCrowded && !TryGrowNetworks(receiver.Family.Active))
                return WriteOverLoner(group, position);
            int first = Allocate(0, receiver.Family.Active);
            if (first < 0)
                return 0;
            _pool[first] = (uint)position + 1;
            _networks[PlaceOf(group.Tag)] = (ulong)group.Tag << 32 | (uint)first;
            _networkCount++;
            return 1;
        }
        Span<uint> members = MembersOf(_networks[place]);
        uint member = (uint)position + 1;
        if (members.Contains(member))
            return members.Length;
        int at = members.IndexOf(0u);
        if (at < 0 && members.Length < MostMembers)
        {
            at = TakeOutOthers(receiver, location, group, members);
            if (at < 0)
                members = Widen(place, members, receiver.Family.Active, out at);
        }
        // Over somebody, where there is no room.
        members[at < 0 ? position & (members.Length - 1) : at] = member;
        return members.Length;
    }

    /// <summary>
    /// Where there is no room, a network takes the place of one of whom a single peer is known: so one of many peers gets in sooner or later.
    /// </summary>
    private int WriteOverLoner(in Group group, int position)
    {
        ref ulong home = ref _networks[(int)group.Tag & (_networks.Length - 1)];
        if (home == 0 || MembersOf(home).Length > 1)
            return 0;
        MembersOf(home)[0] = (uint)position + 1;
        home = (ulong)group.Tag << 32 | (uint)home;
        return 1;
    }

    /// <summary>Takes out positions at which somebody else is by now; answers a free place, -1: none.</summary>
    private static int TakeOutOthers(in Receiver receiver, in PeerLocation location, in Group group, Span<uint> members)
    {
        int free = -1;
        for (int i = 0; i < members.Length; i++)
        {
            int position = (int)members[i] - 1;
            if (position < receiver.Family.Active)
            {
                ulong head = receiver.Family.Endpoints.HeadAt(position);
                if (location.To(head, receiver.Family.NetworkAt(position), receiver.Networks) >= group.Nearness)
                    continue;
            }
            members[i] = 0;
            free = i;
        }
        return free;
    }

    /// <summary>Moves a network into a segment of twice the size, where there is one.</summary>
    private Span<uint> Widen(int place, Span<uint> members, int peers, out int at)
    {
        at = -1;
        int sizeClass = BitOperations.Log2((uint)members.Length);
        int wider = Allocate(sizeClass + 1, peers);
        if (wider < 0)
            return members;
        int former = (int)(_networks[place] & OffsetMask);
        Span<uint> all = _pool.AsSpan(wider, 2 * members.Length);
        all.Clear();
        _pool.AsSpan(former, members.Length).CopyTo(all);
        _pool[former] = (uint)(_free[sizeClass] + 1);
        _free[sizeClass] = former;
        _networks[place] = _networks[place] & ~((1UL << 32) - 1) | (uint)(sizeClass + 1) << OffsetBits | (uint)wider;
        at = members.Length;
        return all;
    }

    /// <summary>A segment of 2 to the power of <paramref name="sizeClass"/>; -1: there is no room.</summary>
    private int Allocate(int sizeClass, int peers)
    {
        int segment = _free[sizeClass];
        if (segment >= 0)
        {
            _free[sizeClass] = (int)_pool[segment] - 1;
            return segment;
        }
        int size = 1 << sizeClass;
        if (_poolUsed + size > _pool.Length)
        {
            if (!MayGrow(peers, 2 * sizeof(uint) * _pool.Length))
                return -1;
            Array.Resize(ref _pool, 2 * _pool.Length);
        }
        segment = _poolUsed;
        _poolUsed += size;
        return segment;
    }

    private bool TryGrowNetworks(int peers)
    {
        if (!MayGrow(peers, 2 * sizeof(ulong) * _networks.Length))
            return false;
        ulong[] former = _networks;
        _networks = new ulong[2 * former.Length];
        foreach (ulong network in former)
        {
            if (network != 0)
                _networks[PlaceOf((uint)(network >> 32))] = network;
        }
        return true;
    }

    private Span<uint> MembersOf(ulong network) => _pool.AsSpan((int)(network & OffsetMask), SizeOf(network));

    private static int SizeOf(ulong network) => 1 << ((int)(network >> OffsetBits) & 7);

    /// <summary>Where a network is, or would be put.</summary>
    private int PlaceOf(uint tag)
    {
        int mask = _networks.Length - 1;
        int place = (int)tag & mask;
        while (_networks[place] != 0 && (uint)(_networks[place] >> 32) != tag)
            place = (place + 1) & mask;
        return place;
    }

    // An array on the stack, in a form in which the runtime compiles the method again by how it is used.
    [InlineArray(Group.Most)]
    private struct Groups
    {
        private Group _first;
    }

    /// <summary>A network that a location is in.</summary>
    /// <param name="Tag">Stands for it; two may have the same.</param>
    /// <param name="Nearness">What is further away is not in it.</param>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Group(uint Tag, Nearness Nearness)
    {
        public const int Most = 3;
        public const int Prefix = 0;

        /// <summary>The autonomous system, or the wide prefix where that is not known.</summary>
        public const int Provider = 1;

        /// <summary>Only where it is known.</summary>
        public const int Country = 2;

        /// <summary>The nearest first.</summary>
        public static ReadOnlySpan<Group> Of(in PeerLocation location, Span<Group> groups)
        {
            groups[Prefix] = Make(location.Head >> (64 - location.PrefixBits), Nearness.Prefix);
            groups[Provider] =
                location.Network != 0
                    ? Make(location.Network, Nearness.AutonomousSystem)
                    : Make(location.Head >> (64 - location.WidePrefixBits), Nearness.WidePrefix);
            if (location.Country == 0)
                return groups[..Country];
            groups[Country] = Make(location.Country, Nearness.Country);
            return groups;
        }

        private static Group Make(ulong network, Nearness nearness)
        {
            ulong hash = (network << 3 | (ulong)nearness) * 0x9E37_79B9_7F4A_7C15;
            return new Group((uint)(hash >> 32) | Used, nearness);
        }
    }
}
