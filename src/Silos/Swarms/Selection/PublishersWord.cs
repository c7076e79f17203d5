using Distribution.Contracts.Files;

namespace Distribution.Silos.Swarms.Selection;

/// <summary>Where the publisher has switched peers off, viewers hear of edges alone.</summary>
internal sealed class PublishersWord : SelectionPolicy
{
    public override string Name => "publishers-word";

    public override PolicySays Says => PolicySays.Narrow;

    public override int Narrow(in Receiver receiver, int range) => receiver.Policy == PeerPolicy.Off ? 0 : range;
}
