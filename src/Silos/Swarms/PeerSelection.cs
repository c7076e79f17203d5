using System.Net;
using Distribution.Contracts.Files;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Swarms.Tables;

namespace Distribution.Silos.Swarms;

/// <summary>
/// Whom a viewer is told of. Edges first, to everyone who still wants pieces; then others of its address family at random: seeds only to
/// leechers, never to seeds. With <see cref="PeerPolicy.Off"/> edges alone.
/// </summary>
/// <param name="family">The receiver's address family's peers; null: there are none.</param>
/// <param name="self">Its own position there; -1: it is not listed.</param>
/// <param name="wantsPieces">False for seeds, partial ones too.</param>
internal readonly ref struct PeerSelection(
    FamilyPeers? family,
    int self,
    bool wantsPieces,
    AddressScope receiver,
    SwarmEdges? edges,
    PeerPolicy policy,
    Random random
)
{
    /// <summary>Writes endpoints of the receiver's family; answers how many bytes.</summary>
    /// <param name="numWant">At most so many, clamped already.</param>
    public int Write(int numWant, bool isIPv6, Span<byte> destination)
    {
        int endpointBytes = BitTorrent.Trackers.CompactPeers.BytesPerPeer(isIPv6);
        int wanted = Math.Min(numWant, destination.Length / endpointBytes);
        int written = 0;
        if (wantsPieces && edges is { Count: > 0 })
        {
            foreach (IPEndPoint edge in Edges())
            {
                if (wanted == 0)
                    break;
                var wire = WireEndpoint.Of(edge);
                if (wire.IsIPv6 != isIPv6)
                    continue;
                wire.AsSpan().CopyTo(destination[written..]);
                written += endpointBytes;
                wanted--;
            }
        }
        Span<PeerRun> runs = stackalloc PeerRun[PeerSample.MostRuns];
        int count = Draw(wanted, runs);
        foreach (PeerRun run in runs[..count])
            written += family!.CopyEndpoints(run.Start, run.Count, destination[written..]);
        return written;
    }

    /// <summary>The same with ids, and with edges of both families, for transports that carry them.</summary>
    public List<SwarmPeer> List(int numWant)
    {
        var selected = new List<SwarmPeer>(Math.Min(numWant, 64));
        if (wantsPieces && edges is not null)
        {
            foreach (IPEndPoint edge in Edges())
            {
                if (selected.Count < numWant)
                    selected.Add(new SwarmPeer(edge, null));
            }
        }
        Span<PeerRun> runs = stackalloc PeerRun[PeerSample.MostRuns];
        int count = Draw(numWant - selected.Count, runs);
        foreach (PeerRun run in runs[..count])
        {
            for (int position = run.Start; position < run.Start + run.Count; position++)
                selected.Add(new SwarmPeer(WireEndpoint.Read(family!.EndpointAt(position)), family[position].Id));
        }
        return selected;
    }

    private int Draw(int wanted, Span<PeerRun> runs)
    {
        if (policy == PeerPolicy.Off || family is null || wanted <= 0)
            return 0;
        int range = wantsPieces ? family.Active : family.Leechers;
        wanted = Math.Min(wanted, PeerSample.MostWanted);
        return family.AllMayBeTold(receiver)
            ? PeerSample.Draw(range, self, wanted, random, runs)
            : PeerSample.DrawTellable(family, range, self, wanted, receiver, random, runs);
    }

    private List<IPEndPoint> Edges()
    {
        var told = new List<IPEndPoint>();
        foreach (SwarmEdge edge in edges!.All)
        {
            foreach (IPEndPoint endpoint in edge.Endpoints)
            {
                if (AddressScopes.MayTell(AddressScopes.ScopeOf(endpoint.Address), receiver))
                    told.Add(endpoint);
            }
        }
        return told;
    }
}
