using System.Net;

namespace Distribution.BitTorrent.Trackers;

/// <summary>A peer as a tracker hands it out. <paramref name="Id"/> is null in compact replies (BEP 23) and where it is not known.</summary>
public readonly record struct TrackerPeer(IPEndPoint Endpoint, PeerId? Id);
