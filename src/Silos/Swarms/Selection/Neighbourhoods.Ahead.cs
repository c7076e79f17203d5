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
    public void AskForMembers(Segment members)
    {
        ReadOnlySpan<uint> known = Read(members);
        for (int at = 0; at < known.Length; at += MembersPerLine)
            CacheLines.Ask(in known[at]);
    }

    /// <summary>Then their endpoints.</summary>
    public void AskForEndpoints(Segment members, FamilyPeers family)
    {
        foreach (uint member in Read(members))
        {
            if (member != 0)
                family.AskForEndpoint((int)member - 1);
        }
    }

    /// <summary>Of the nearest network that is known.</summary>
    public Segment PeekMembers(in PeerLocation location)
    {
        Unsafe.SkipInit(out Groups groups);
        ulong[] networks = _networks;
        foreach (ref readonly Group group in Group.Of(location, groups))
        {
            for (int look = 0; look < MostPeeked; look++)
            {
                ulong network = networks[((int)group.Tag + look) & (networks.Length - 1)];
                if (network == 0)
                    break;
                if ((uint)(network >> 32) == group.Tag)
                    return new Segment((int)(network & OffsetMask), SizeOf(network));
            }
        }
        return default;
    }

    private ReadOnlySpan<uint> Read(Segment members)
    {
        uint[] pool = _pool;
        return members.From + members.Count <= pool.Length ? pool.AsSpan(members.From, members.Count) : default;
    }

    /// <summary>Where a network's members are.</summary>
    public readonly record struct Segment(int From, int Count);
}
