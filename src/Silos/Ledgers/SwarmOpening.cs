using Distribution.BitTorrent;

namespace Distribution.Silos.Ledgers;

/// <summary>Whether a file's swarm is open, as of its last change.</summary>
/// <param name="InfoHashV2">Of a hybrid; else null.</param>
/// <param name="Revision">Grows with every opening and closing, of any silo; 0: older than that was counted.</param>
public readonly record struct SwarmOpening(InfoHash InfoHash, InfoHashV2? InfoHashV2, bool IsOpen, long Revision);
