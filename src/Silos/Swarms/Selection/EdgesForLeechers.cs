namespace Distribution.Silos.Swarms.Selection;

/// <summary>The edges that have a lease on the swarm are told first, to everyone who still wants pieces, and to nobody else.</summary>
internal sealed class EdgesForLeechers : SelectionPolicy
{
    public override string Name => "edges-for-leechers";

    public override PolicySays Says => PolicySays.TellsEdges;

    public override bool TellsEdges(in Receiver receiver) => receiver.WantsPieces;
}
