using Distribution.Silos.Swarms.Selection;
using Distribution.Silos.Swarms.Tables;

namespace Distribution.Silos.Swarms;

/// <summary>What front ends look at before they hold the gate: <see cref="Shards.AnnouncesAhead"/>.</summary>
public sealed partial class Swarm
{
    /// <summary>Of this object.</summary>
    internal const int Lines = 4;

    internal void AskForPeers() => CacheLines.AskObject(_peers, 1);

    /// <summary>Null: nobody of this family was here.</summary>
    internal FamilyPeers? PeekFamily(bool isIPv6) => _peers.OfFamily(isIPv6);

    /// <summary>Where one who announces is in the Internet, as far as that is known without looking it up.</summary>
    internal PeerLocation PeekLocation(FamilyPeers family, int position, in PackedAnnounce announce) =>
        PeerLocation.Of(
            announce.Endpoint.Address,
            family.IsIPv6,
            _selection.Networks is null ? (ushort)0 : family.PeekNetwork(position),
            _selection.Networks
        );
}
