using Distribution.BitTorrent;

namespace Distribution.Silos.Ledgers;

/// <summary>
/// Clients whose <c>downloaded</c> leaves out what they found on their disk, so that with <c>left</c> it tells what a magnet began with: seen
/// of libtorrent 2.0, on which Deluge stands too. WebTorrent 2.8 counts it in; other clients take a new id with the metadata, or start anew.
/// </summary>
internal static class MagnetStarts
{
    public static bool AreTold(in PeerId peerId) =>
        peerId.AsSpan().StartsWith("-LT"u8) || peerId.AsSpan().StartsWith("-DE"u8);
}
