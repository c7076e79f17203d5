using Distribution.BitTorrent;

namespace Distribution.Silos.Swarms;

/// <summary>What some clients mean otherwise than they say; seen on the wire.</summary>
internal static class ClientQuirks
{
    /// <summary>
    /// aria2 1.36 announces <c>left=0</c> while it has no metadata: taken at its word it would be a seed, get no seeds, and never start.
    /// </summary>
    public static bool SaysZeroBeforeMetadata(PeerId peerId) => peerId.AsSpan().StartsWith("A2-"u8);
}
