using System.Net;
using Distribution.BitTorrent;
using Distribution.Contracts.Edges;

namespace Distribution.Silos.Ledgers;

/// <summary>How far one peer came while edges watched.</summary>
/// <param name="GainedBytes">While an edge watched; never negative.</param>
/// <param name="HeldBytes">What it showed at last.</param>
/// <param name="Audits">How the edge's audits of it ended.</param>
public readonly record struct WitnessedProgress(
    PeerId PeerId,
    IPAddress Address,
    long GainedBytes,
    long HeldBytes = 0,
    AuditCounts Audits = default
)
{
    /// <summary>As the edge told it. False: its peer id or address cannot be read.</summary>
    public static bool TryParse(PeerProgress progress, out WitnessedProgress witnessed)
    {
        witnessed = default;
        if (
            !PeerId.TryParse(progress.PeerId, null, out PeerId peerId)
            || !IPAddress.TryParse(progress.Address, out IPAddress? address)
        )
            return false;
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        witnessed = new WitnessedProgress(
            peerId,
            address,
            Math.Max(0, progress.HaveBytes - progress.FirstHaveBytes),
            progress.HaveBytes,
            progress.Audits
        );
        return true;
    }
}
