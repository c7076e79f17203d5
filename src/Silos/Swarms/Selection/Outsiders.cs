namespace Distribution.Silos.Swarms.Selection;

/// <summary>
/// A share of the places is for peers drawn from the whole swarm, wherever they are: without them networks would form swarms of
/// their own, and a lone viewer of a network would be told to nobody.
/// </summary>
/// <remarks>
/// Bindal and others, "Improving Traffic Locality in BitTorrent via Biased Neighbor Selection" (ICDCS 2006): a few outsiders suffice.
/// </remarks>
/// <param name="percent">Of the places; at least <see cref="Fewest"/> places, where that many are wanted.</param>
internal sealed class Outsiders(int percent) : SelectionPolicy
{
    public const int Fewest = 2;

    public override string Name => "outsiders";

    public override PolicySays Says => PolicySays.KeepForAnybody;

    public override int KeepForAnybody(in Receiver receiver, int wanted) =>
        Math.Min(wanted, Math.Max(Fewest, (wanted * percent + 99) / 100));
}
