using System.Net;
using Distribution.BitTorrent;

namespace Distribution.Silos.Ledgers;

/// <summary>How far one peer came while one edge watched.</summary>
/// <param name="GainedBytes">Never negative.</param>
public readonly record struct WitnessedProgress(PeerId PeerId, IPAddress Address, long GainedBytes);
