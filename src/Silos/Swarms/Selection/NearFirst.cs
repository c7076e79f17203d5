using Distribution.Silos.Swarms.Tables;

namespace Distribution.Silos.Swarms.Selection;

/// <summary>
/// The nearest first: the household, then the prefix, the autonomous system, the country. A swarm of few is looked through; of
/// more, <see cref="Neighbourhoods"/> knows who announced from where.
/// </summary>
internal sealed class NearFirst : SelectionPolicy
{
    /// <summary>A swarm of so many is looked through.</summary>
    public const int MostLookedThrough = 64;

    /// <summary>Between nearness and the next there is room for other policies.</summary>
    private const sbyte RatingStep = 4;

    public override string Name => "near";

    public override PolicySays Says => PolicySays.Follow | PolicySays.Propose | PolicySays.Rate;

    public override void Follow(in Receiver receiver)
    {
        if (receiver.Family.Active > MostLookedThrough || receiver.Family.Neighbourhoods is not null)
            Neighbourhoods.Follow(receiver);
    }

    public override void Propose(in Receiver receiver, int range, int most, ref Candidates candidates)
    {
        if (receiver.Family.Neighbourhoods is { } neighbourhoods)
            neighbourhoods.Find(receiver, range, most, ref candidates);
        else
            LookThrough(receiver, range, ref candidates);
    }

    public override bool Rate(in Receiver receiver, in Candidates candidates)
    {
        // Proposed ones are rated as they are found; anybody is anybody.
        if (candidates.Draw != Draw.Everybody)
            return false;
        Span<sbyte> ratings = candidates.RatingsNow;
        ReadOnlySpan<int> positions = candidates.Positions;
        EndpointView endpoints = receiver.Family.Endpoints;
        for (int i = 0; i < positions.Length; i++)
        {
            if (ratings[i] != Candidates.Never)
                ratings[i] += RatingOf(receiver.NearnessOf(endpoints, positions[i]));
        }
        return true;
    }

    public static sbyte RatingOf(Nearness nearness) => (sbyte)((int)nearness * RatingStep);

    private static void LookThrough(in Receiver receiver, int range, ref Candidates candidates)
    {
        // From a random place, so that of many that are as near all have the same chance.
        EndpointView endpoints = receiver.Family.Endpoints;
        int start = receiver.Random.Next(range);
        for (int i = 0; i < range; i++)
        {
            int position = start + i < range ? start + i : start + i - range;
            Nearness nearness = receiver.NearnessOf(endpoints, position);
            if (nearness != Nearness.Other && position != receiver.Position && receiver.MayBeTold(position))
                candidates.AddNew(position, RatingOf(nearness));
        }
    }
}
