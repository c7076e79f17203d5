using System.Runtime.CompilerServices;
using Distribution.Silos.Swarms.Selection;
using Distribution.Silos.Swarms.Tables;

namespace Distribution.Silos.Swarms.Shards;

/// <summary>
/// Asks for the memory that announces of one packet batch will need, step by step for all of them, before the first is answered. An announce in a large or a
/// rare swarm follows ten references, each a wait for memory; so all announces of a batch wait at once.
/// </summary>
/// <remarks>It holds no gate and changes nothing. What it reads may be old: then the wrong memory comes, and the announce waits for the right one itself.</remarks>
internal static class AnnouncesAhead
{
    /// <summary>What so many need together stays in a processor's nearer caches until it is used.</summary>
    public const int Most = 32;

    /// <param name="announces">At most <see cref="Most"/>.</param>
    public static void Ask(ReadOnlySpan<PackedAnnounce> announces, SwarmShards shards, LocalShards here)
    {
        var swarms = new Swarms();
        var families = new Families();
        Steps steps = default;
        for (int i = 0; i < announces.Length; i++)
        {
            steps[i].IsSameSwarm = i > 0 && announces[i].InfoHash == announces[i - 1].InfoHash;
            if (!steps[i].IsSameSwarm)
                IndexOf(announces[i], shards, here)?.AskFor(announces[i].InfoHash);
        }
        for (int i = 0; i < announces.Length; i++)
        {
            if (steps[i].IsSameSwarm)
            {
                swarms[i] = swarms[i - 1];
                continue;
            }
            swarms[i] = IndexOf(announces[i], shards, here)?.Peek(announces[i].InfoHash);
            if (swarms[i] is { } swarm)
                CacheLines.AskObject(swarm, Swarm.Lines);
        }
        for (int i = 0; i < announces.Length; i++)
        {
            if (!steps[i].IsSameSwarm)
                swarms[i]?.AskForPeers();
        }
        for (int i = 0; i < announces.Length; i++)
        {
            families[i] = swarms[i]?.PeekFamily(announces[i].Endpoint.IsIPv6);
            if (families[i] is { } family && !(i > 0 && ReferenceEquals(family, families[i - 1])))
                CacheLines.AskObject(family, FamilyPeers.Lines);
        }
        for (int i = 0; i < announces.Length; i++)
        {
            steps[i].IdHash = FamilyPeers.HashOf(announces[i].PeerId);
            families[i]?.AskForPlace(steps[i].IdHash);
        }
        for (int i = 0; i < announces.Length; i++)
        {
            if (families[i] is not { } family)
                continue;
            int position = family.AskForRecord(steps[i].IdHash);
            steps[i].Location = swarms[i]!.PeekLocation(family, position, announces[i]);
            family.Neighbourhoods?.AskForNetworks(steps[i].Location);
        }
        for (int i = 0; i < announces.Length; i++)
        {
            if (families[i]?.Neighbourhoods is not { } neighbourhoods)
                continue;
            steps[i].Members = neighbourhoods.PeekMembers(steps[i].Location);
            if (!IsAskedFor(steps, families, i))
                neighbourhoods.AskForMembers(steps[i].Members);
        }
        for (int i = 0; i < announces.Length; i++)
        {
            if (families[i] is { } family && !IsAskedFor(steps, families, i))
                family.Neighbourhoods?.AskForEndpoints(steps[i].Members, family);
        }
    }

    private static SwarmIndex? IndexOf(in PackedAnnounce announce, SwarmShards shards, LocalShards here) =>
        here.Find(shards.NumberOf(announce.InfoHash))?.Index;

    /// <summary>Whether the one before has the same neighbours.</summary>
    private static bool IsAskedFor(in Steps steps, in Families families, int at) =>
        at > 0
        && ReferenceEquals(families[at], families[at - 1])
        && steps[at].Members == steps[at - 1].Members
        && steps[at].Members.Count > 0;

    [InlineArray(Most)]
    private struct Swarms
    {
        private Swarm? _first;
    }

    [InlineArray(Most)]
    private struct Families
    {
        private FamilyPeers? _first;
    }

    [InlineArray(Most)]
    private struct Steps
    {
        private Step _first;
    }

    private struct Step
    {
        public ulong IdHash;
        public PeerLocation Location;
        public Neighbourhoods.Segment Members;
        public bool IsSameSwarm;
    }
}
