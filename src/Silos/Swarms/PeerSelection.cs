using System.Net;
using System.Net.Sockets;
using Distribution.Contracts.Files;
using Distribution.Contracts.Swarms;

namespace Distribution.Silos.Swarms;

/// <summary>
/// Whom a viewer is told of. Edges first, to everyone who still wants pieces; then others of its address family at random: seeds only to
/// leechers, never to seeds. With <see cref="PeerPolicy.Off"/> edges alone.
/// </summary>
internal static class PeerSelection
{
    /// <summary>Draws a request may take beyond what it wants, where many peers are of another network.</summary>
    private const int SpareDraws = 64;

    /// <param name="numWant">At most so many, clamped already.</param>
    public static List<SwarmPeer> Select(
        PeerTable peers,
        IEnumerable<SwarmEdge> edges,
        PeerPolicy policy,
        Peer receiver,
        PeerEndpoint receiverAt,
        int numWant,
        long now,
        Random random
    )
    {
        var selected = new List<SwarmPeer>(Math.Min(numWant, peers.Count + 4));
        bool wantsPieces = !receiver.IsComplete && !receiver.IsPartialSeed;
        if (wantsPieces)
        {
            foreach (SwarmEdge edge in edges)
            {
                foreach (IPEndPoint endpoint in edge.Endpoints)
                {
                    if (
                        selected.Count < numWant
                        && AddressScopes.MayTell(AddressScopes.ScopeOf(endpoint.Address), receiverAt.Scope)
                    )
                        selected.Add(new SwarmPeer(endpoint, null));
                }
            }
        }
        if (policy == PeerPolicy.Off)
            return selected;

        AddressFamily family = receiverAt.Endpoint.AddressFamily;
        PeerList leechers = peers.LeechersOf(family);
        PeerList? seeds = wantsPieces ? peers.SeedsOf(family) : null;
        int left = Math.Min(leechers.Count + (seeds?.Count ?? 0), 4 * numWant + SpareDraws);
        int leechersDrawn = 0;
        int seedsDrawn = 0;
        for (; left > 0 && selected.Count < numWant; left--)
        {
            // As if both lists were one, so that the mix is the swarm's own.
            int leechersLeft = leechers.Count - leechersDrawn;
            int seedsLeft = (seeds?.Count ?? 0) - seedsDrawn;
            PeerEndpoint drawn =
                random.Next(leechersLeft + seedsLeft) < leechersLeft
                    ? leechers.Draw(leechersDrawn++, random)
                    : seeds!.Draw(seedsDrawn++, random);
            if (drawn.Peer != receiver && drawn.ExpiresAt > now && AddressScopes.MayTell(drawn.Scope, receiverAt.Scope))
                selected.Add(new SwarmPeer(drawn.Endpoint, drawn.Peer.Id));
        }
        return selected;
    }
}
