using System.Runtime.CompilerServices;
using Distribution.Silos.Swarms.Tables;

namespace Distribution.Silos.Swarms.Selection;

/// <summary>Estimates how many peers were told, by how near they are, from a sample of the replies. One thread counts, any thread reads.</summary>
/// <param name="sample">One reply in so many is looked at.</param>
internal sealed class ToldPeers(int sample = ToldPeers.Sample)
{
    /// <summary>So many kinds of nearness.</summary>
    public const int Kinds = (int)Nearness.Household + 1;

    /// <summary>Of announces one reply in so many is looked at, and counts for as many: each would cost a twentieth of an announce.</summary>
    public const int Sample = 16;

    private Counts _counts;
    private uint _replies;

    public void Count(in Receiver receiver, ReadOnlySpan<int> positions)
    {
        if (_replies++ % (uint)sample == 0)
            Look(receiver, positions);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Look(in Receiver receiver, ReadOnlySpan<int> positions)
    {
        EndpointView endpoints = receiver.Family.Endpoints;
        foreach (int position in positions)
            _counts[(int)receiver.NearnessOf(endpoints, position)] += sample;
    }

    public long Of(Nearness nearness) => Volatile.Read(ref _counts[(int)nearness]);

    /// <summary>Takes over what another has counted, which is not used any more.</summary>
    public void Add(ToldPeers other)
    {
        for (int kind = 0; kind < Kinds; kind++)
            _counts[kind] += other._counts[kind];
    }

    [InlineArray(Kinds)]
    private struct Counts
    {
        private long _first;
    }
}
