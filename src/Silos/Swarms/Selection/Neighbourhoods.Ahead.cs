using System.Runtime.CompilerServices;
using Distribution.Silos.Swarms.Tables;

namespace Distribution.Silos.Swarms.Selection;

/// <summary>Asks for the memory of a receiver's neighbours. Any thread, also while another changes something: what is read here may be old, and is only a guess.</summary>
internal sealed partial class Neighbourhoods
{
    private const int MostPeeked = 8;
    private const int MembersPerLine = CacheLines.Bytes / sizeof(uint);

    /// <summary>First: where the receiver's networks are listed.</summary>
    public void AskForNetworks(in PeerLocation location)
    {
        Unsafe.SkipInit(out Groups groups);
        ulong[] networks = _networks;
        foreach (ref readonly Group group in Group.Of(location, groups))
            CacheLines.Ask(ref networks[(int)group.Tag & (networks.Length - 1)]);
    }

    /// <summary>Then who is in the nearest.</summary>
    public void AskForMembers(in PeerLocation location)
    {
        ReadOnlySpan<uint> members = PeekMembers(location);
        for (int at = 0; at < members.Length; at += MembersPerLine)
            CacheLines.Ask(in members[at]);
    }

    /// <summary>Then their endpoints.</summary>
    public void AskForEndpoints(in PeerLocation location, FamilyPeers family)
    {
        foreach (uint member in PeekMembers(location))
        {
            if (member != 0)
                family.AskForEndpoint((int)member - 1);
        }
    }

    /// <summary>Of the nearest network that is known.</summary>
    private ReadOnlySpan<uint> PeekMembers(in PeerLocation location)
    {
        Unsafe.SkipInit(out Groups groups);
        ulong[] networks = _networks;
        uint[] pool = _pool;
        foreach (ref readonly Group group in Group.Of(location, groups))
        {
            for (int look = 0; look < MostPeeked; look++)
            {
                ulong network = networks[((int)group.Tag + look) & (networks.Length - 1)];
                if (network == 0)
                    break;
                if ((uint)(network >> 32) != group.Tag)
                    continue;
                int from = (int)(network & OffsetMask);
                int count = SizeOf(network);
                return from + count <= pool.Length ? pool.AsSpan(from, count) : default;
            }
        }
        return default;
    }
}
