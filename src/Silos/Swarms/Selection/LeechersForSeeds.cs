namespace Distribution.Silos.Swarms.Selection;

/// <summary>Who wants no pieces is told of leechers alone: a seed has nothing for a seed.</summary>
internal sealed class LeechersForSeeds : SelectionPolicy
{
    public override string Name => "leechers-for-seeds";

    public override PolicySays Says => PolicySays.Narrow;

    public override int Narrow(in Receiver receiver, int range) =>
        receiver.WantsPieces ? range : Math.Min(range, receiver.Family.Leechers);
}
