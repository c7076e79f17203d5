using System.Runtime.CompilerServices;
using Distribution.BitTorrent.Trackers;
using Distribution.Contracts.Networks;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Swarms.Tables;

namespace Distribution.Silos.Swarms.Selection;

/// <summary>
/// Whom a viewer is told of, as the policies say: edges, then those that policies propose, the best first, then anybody at random until there
/// are as many as are wanted. Nobody twice, nobody of a scope that the receiver must not hear of. A swarm that is no larger is told whole.
/// </summary>
/// <param name="edges">Those of the swarm now; null: none.</param>
internal readonly ref struct PeerSelection(
    Receiver receiver,
    SwarmEdges? edges,
    SelectionPolicies policies,
    ToldPeers told
)
{
    /// <summary>Draws again where what came was told already or must not be, but no more often than this.</summary>
    private const int Rounds = 3;

    /// <summary>When all chance has failed: all of a swarm of which most are told, and no more of a larger one.</summary>
    private const int MostLooks = 2 * PeerSample.MostWanted;

    private readonly Receiver _receiver = receiver;

    /// <summary>Writes endpoints of the receiver's family; answers how many bytes.</summary>
    /// <param name="numWant">At most so many, clamped already.</param>
    [SkipLocalsInit]
    public int Write(int numWant, Span<byte> destination)
    {
        bool isIPv6 = _receiver.Location.IsIPv6;
        int endpointBytes = CompactPeers.BytesPerPeer(isIPv6);
        int wanted = Math.Min(numWant, destination.Length / endpointBytes);
        int written = 0;
        if (edges is { Count: > 0 } && policies.TellEdges(_receiver))
        {
            foreach (ref readonly WireEndpoint edge in edges.Endpoints)
            {
                if (wanted == 0)
                    break;
                if (edge.IsIPv6 != isIPv6 || !MayTell(edge))
                    continue;
                edge.AsSpan().CopyTo(destination[written..]);
                written += endpointBytes;
                wanted--;
            }
        }
        Unsafe.SkipInit(out CandidateSpace space);
        var candidates = new Candidates(ref space);
        Choose(wanted, ref candidates);
        return written + _receiver.Family.Endpoints.CopyTo(candidates.TakenPositions, destination[written..]);
    }

    /// <summary>The same with ids, and with edges of both families, for transports that carry them.</summary>
    [SkipLocalsInit]
    public List<SwarmPeer> List(int numWant)
    {
        var selected = new List<SwarmPeer>(Math.Min(numWant, 64));
        if (edges is { Count: > 0 } && policies.TellEdges(_receiver))
        {
            foreach (ref readonly WireEndpoint edge in edges.Endpoints)
            {
                if (selected.Count < numWant && MayTell(edge))
                    selected.Add(new SwarmPeer(edge.ToEndPoint(), null));
            }
        }
        Unsafe.SkipInit(out CandidateSpace space);
        var candidates = new Candidates(ref space);
        Choose(numWant - selected.Count, ref candidates);
        foreach (int position in candidates.TakenPositions)
            selected.Add(
                new SwarmPeer(WireEndpoint.Read(_receiver.Family.EndpointAt(position)), _receiver.Family[position].Id)
            );
        return selected;
    }

    private bool MayTell(in WireEndpoint edge) =>
        AddressScopes.MayTell(AddressScopes.ScopeOf(edge.Address), _receiver.Scope);

    private void Choose(int wanted, ref Candidates candidates)
    {
        int range = policies.Narrow(_receiver, _receiver.Family.Active);
        int others = range - (_receiver.Position >= 0 && _receiver.Position < range ? 1 : 0);
        wanted = Math.Min(wanted, PeerSample.MostWanted);
        if (wanted <= 0 || others <= 0)
            return;
        if (others <= wanted)
            ChooseEverybody(range, ref candidates);
        else
            ChooseSome(range, others, wanted, ref candidates);
        told.Count(_receiver, candidates.TakenPositions);
    }

    [SkipLocalsInit]
    private void ChooseSome(int range, int others, int wanted, ref Candidates candidates)
    {
        int kept = policies.KeepForAnybody(_receiver, wanted);
        int looks = policies.LooksPerPlace(_receiver);
        // Drawn first, so that their memory comes while the others are looked for.
        Unsafe.SkipInit(out RunSpace space);
        Span<PeerRun> runs = space;
        runs = DrawRuns(range, Math.Min(others, kept * looks), runs);
        foreach (PeerRun run in runs)
            _receiver.Family.AskForRun(run, withRecords: looks > 1);
        if (kept < wanted)
        {
            candidates.Begin(Draw.Proposed);
            policies.Propose(_receiver, range, wanted - kept, ref candidates);
            policies.Rate(_receiver, candidates);
            // Those who propose rate too.
            candidates.TakeBest(wanted - kept);
        }
        TakeAnybody(runs, kept, ref candidates);
        if (candidates.Taken < wanted)
            ChooseMore(range, others, wanted, looks, ref candidates);
    }

    /// <summary>Where fewer were proposed than might have been, or some were drawn twice.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ChooseMore(int range, int others, int wanted, int looks, ref Candidates candidates)
    {
        Unsafe.SkipInit(out RunSpace space);
        for (int round = 0; round < Rounds && candidates.Taken < wanted; round++)
        {
            int missing = wanted - candidates.Taken;
            TakeAnybody(DrawRuns(range, Math.Min(others, missing * looks), space), missing, ref candidates);
        }
        if (candidates.Taken < wanted)
            ChooseAnyLeft(range, wanted - candidates.Taken, ref candidates);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ChooseEverybody(int range, ref Candidates candidates)
    {
        candidates.Begin(Draw.Everybody);
        for (int position = 0; position < range; position++)
        {
            if (position != _receiver.Position && _receiver.MayBeTold(position))
                candidates.AddNew(position, 0);
        }
        Take(candidates.Count, ref candidates);
    }

    /// <summary>Where almost all are told, chance finds the last ones too slowly: whoever comes next, from a random place on.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ChooseAnyLeft(int range, int wanted, ref Candidates candidates)
    {
        candidates.Begin(Draw.Anybody);
        int start = _receiver.Random.Next(range);
        int looks = Math.Min(range, MostLooks);
        for (int i = 0; i < looks && candidates.Count < candidates.Taken + wanted; i++)
        {
            int position = start + i < range ? start + i : start + i - range;
            if (position != _receiver.Position && _receiver.MayBeTold(position))
                candidates.Add(position, 0);
        }
        Take(wanted, ref candidates);
    }

    private void Take(int most, ref Candidates candidates)
    {
        if (policies.Rate(_receiver, candidates) || candidates.Count - candidates.Taken > most)
            candidates.TakeBest(most);
        else
            candidates.TakeFirst(most);
    }

    private void TakeAnybody(scoped ReadOnlySpan<PeerRun> runs, int most, ref Candidates candidates)
    {
        candidates.Begin(Draw.Anybody);
        foreach (PeerRun run in runs)
        {
            for (int position = run.Start; position < run.Start + run.Count; position++)
                candidates.Add(position, 0);
        }
        Take(most, ref candidates);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private Span<PeerRun> DrawRuns(int range, int count, Span<PeerRun> runs)
    {
        count = Math.Min(count, PeerSample.MostWanted);
        int drawn = _receiver.AllMayBeTold
            ? PeerSample.Draw(range, _receiver.Position, count, _receiver.Random, runs)
            : PeerSample.DrawTellable(
                _receiver.Family,
                range,
                _receiver.Position,
                count,
                _receiver.Scope,
                _receiver.Random,
                runs
            );
        return runs[..drawn];
    }

    [InlineArray(PeerSample.MostRuns)]
    private struct RunSpace
    {
        private PeerRun _first;
    }
}
