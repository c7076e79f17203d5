using Distribution.Silos.Swarms.Tables;

namespace Distribution.Silos.Swarms.Selection;

/// <summary>
/// Leechers who hold almost nothing are told of those who hold almost all, seeds among them, and the other way round: these have something
/// for each other. Who is in between finds that with anybody. It chooses among those who are drawn at random, one of two.
/// </summary>
internal sealed class UsefulFirst : SelectionPolicy
{
    /// <summary>Of the whole file, in <see cref="SwarmPeers.WholeShare"/>ths.</summary>
    private const int Little = SwarmPeers.WholeShare / 8;
    private const int Much = SwarmPeers.WholeShare - Little;
    private const sbyte Bonus = 2;
    private const int Looks = 2;

    public override string Name => "useful";

    public override PolicySays Says => PolicySays.LooksPerPlace | PolicySays.Rate;

    public override int LooksPerPlace(in Receiver receiver) => NeedOf(receiver) == Need.None ? 1 : Looks;

    public override bool Rate(in Receiver receiver, in Candidates candidates)
    {
        Need need = NeedOf(receiver);
        // Neighbours are told as neighbours: what they hold lies all over the table, and to look at it would cost more than the whole announce.
        // Those drawn at random lie in runs.
        if (need == Need.None || candidates.Draw != Draw.Anybody)
            return false;
        Span<sbyte> ratings = candidates.RatingsNow;
        ReadOnlySpan<int> positions = candidates.Positions;
        for (int i = 0; i < positions.Length; i++)
        {
            if (ratings[i] != Candidates.Never && Meets(need, receiver.Family, positions[i]))
                ratings[i] += Bonus;
        }
        return true;
    }

    private static bool Meets(Need need, FamilyPeers family, int position)
    {
        if (position >= family.Leechers)
            return need == Need.Much;
        int held = family[position].HeldShare;
        return need == Need.Much ? held >= Much : held < Little;
    }

    private static Need NeedOf(in Receiver receiver)
    {
        if (!receiver.WantsPieces || receiver.Position < 0 || receiver.Position >= receiver.Family.Leechers)
            return Need.None;
        int held = receiver.Family[receiver.Position].HeldShare;
        return held < Little ? Need.Much
            : held >= Much ? Need.Little
            : Need.None;
    }

    private enum Need
    {
        None,
        Much,
        Little,
    }
}
