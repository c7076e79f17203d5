using Distribution.Contracts.Swarms;
using Distribution.Silos.Ledgers;

namespace Distribution.Silos.Swarms;

/// <summary>Its viewers that are kept from peers, so that reports can compare: <see cref="Holdouts.HoldoutDraw"/>.</summary>
public sealed partial class Swarm
{
    /// <summary>
    /// It is not listed, so nobody is told of it, no edge dials it, and each of its announces is booked. Who has no metadata yet is told of edges, as a
    /// magnet would never begin.
    /// </summary>
    private Seat HeldOut(in PackedAnnounce announce, in ViewerSession session, uint now)
    {
        bool isLeaving = announce.Event == AnnounceEvent.Stopped;
        _peers.Leave(announce.PeerId, now);
        return new Seat(-1, !isLeaving, IntervalFor(announce.Transport, isLeaving, now), isLeaving)
        {
            IsHeldOut = true,
            KnowsNoEdge = !MayAwaitMetadata(announce.PeerId, session),
        };
    }
}
