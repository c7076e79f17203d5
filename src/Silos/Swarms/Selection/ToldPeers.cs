using System.Runtime.CompilerServices;
using Distribution.Silos.Swarms.Tables;

namespace Distribution.Silos.Swarms.Selection;

/// <summary>Counts who was told, by how near it is. One thread counts, any thread reads.</summary>
internal sealed class ToldPeers
{
    private Counts _counts;

    /// <summary>So many kinds of nearness.</summary>
    public const int Kinds = (int)Nearness.Household + 1;

    public void Count(in Receiver receiver, ReadOnlySpan<int> positions)
    {
        EndpointView endpoints = receiver.Family.Endpoints;
        foreach (int position in positions)
            _counts[(int)receiver.NearnessOf(endpoints, position)]++;
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
