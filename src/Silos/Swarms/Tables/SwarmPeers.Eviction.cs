using System.Buffers.Binary;
using Distribution.BitTorrent;

namespace Distribution.Silos.Swarms.Tables;

/// <summary>Who goes first where there is no room.</summary>
internal sealed partial class SwarmPeers
{
    /// <summary>The least useful of so many at random is as good as the least useful of all, nearly, and costs the same in any swarm.</summary>
    private const int Candidates = 16;

    private const int PointsForBeingSeen = 8;
    private const int PointsForAnAddressApart = 4;
    private const int PointsForComingBack = 2;
    private const int PointsForProgress = 1;

    /// <summary>
    /// Lets go of the least useful of some peers at random; false: nobody is here. First who has left; then who has the fewest points: seen by
    /// an edge, an address apart from the others', a second announce, progress or the whole file; of several the one whose announce is oldest.
    /// </summary>
    /// <remarks>
    /// Who makes peers up has few networks, as every address is proven, and says what he likes: so what an edge saw counts most, and then that
    /// nobody else of the network is among the candidates. A crowd of made-up peers so pushes out itself.
    /// </remarks>
    public bool EvictLeastUseful(Random random)
    {
        int all = Records;
        if (all == 0)
            return false;
        // By record, so that the family with more of them gives more.
        bool isSix = random.Next(all) >= (_four?.Count ?? 0);
        FamilyPeers family = (isSix ? _six : _four)!;
        Span<int> positions = stackalloc int[Candidates];
        Span<ulong> networks = stackalloc ulong[Candidates];
        for (int i = 0; i < Candidates; i++)
        {
            positions[i] = random.Next(family.Count);
            networks[i] = NetworkOf(family.AddressAt(positions[i]));
        }
        int least = 0;
        int leastPoints = int.MaxValue;
        for (int i = 0; i < Candidates; i++)
        {
            int points = PointsOf(family, positions, networks, i);
            if (
                points < leastPoints
                || (points == leastPoints && family[positions[i]].ExpiresAt < family[positions[least]].ExpiresAt)
            )
                (least, leastPoints) = (i, points);
        }
        Remove(family, positions[least]);
        return true;
    }

    /// <summary>Whether this peer, or another at its endpoint, has a record that it would take over.</summary>
    public bool IsHere(in PeerId id, in WireEndpoint endpoint) =>
        OfFamily(endpoint.IsIPv6) is { } family && (family.Find(id) >= 0 || family.At(endpoint.AsSpan()) >= 0);

    private int PointsOf(FamilyPeers family, ReadOnlySpan<int> positions, ReadOnlySpan<ulong> networks, int candidate)
    {
        int position = positions[candidate];
        if (position >= family.Active)
            return -1;
        ref PeerRecord record = ref family[position];
        int points = 0;
        if (_witnessed is not null && WitnessOf(record.Id).IsSeen)
            points += PointsForBeingSeen;
        bool isApart = true;
        for (int i = 0; i < positions.Length && isApart; i++)
            isApart = networks[i] != networks[candidate] || positions[i] == position;
        if (isApart)
            points += PointsForAnAddressApart;
        if ((record.Flags & PeerFlags.CameBack) != 0)
            points += PointsForComingBack;
        if (family.SectionOf(position) == PeerSection.Seeds || record.HeldShare > 0)
            points += PointsForProgress;
        return points;
    }

    /// <summary>Of IPv4 the /24, of IPv6 the /48.</summary>
    private static ulong NetworkOf(ReadOnlySpan<byte> address) =>
        address.Length == 4
            ? BinaryPrimitives.ReadUInt32BigEndian(address) >> 8
            : BinaryPrimitives.ReadUInt64BigEndian(address) >> 16;
}
