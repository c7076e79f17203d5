namespace Distribution.Silos.Swarms.Selection;

/// <summary>
/// One rule of whom a peer is told of. It overrides what it has a say in, and says in <see cref="Says"/> what that is;
/// <see cref="PeerSelection"/> asks in the order of <see cref="SelectionPolicies"/>. Without state of its own: what it keeps of a swarm is in the swarm's
/// tables. Called for each announce, so it allocates nothing and looks at a bounded number of peers.
/// </summary>
internal abstract class SelectionPolicy
{
    /// <summary>As options and documents call it.</summary>
    public abstract string Name { get; }

    /// <summary>What it is asked; the rest is never called.</summary>
    public abstract PolicySays Says { get; }

    /// <summary>Whether the edges are told.</summary>
    public virtual bool TellsEdges(in Receiver receiver) => true;

    /// <summary>How many may be told of, of the first <paramref name="range"/> positions: leechers stand first, then seeds.</summary>
    public virtual int Narrow(in Receiver receiver, int range) => range;

    /// <summary>How many of the wanted places are for anybody, whoever is proposed.</summary>
    public virtual int KeepForAnybody(in Receiver receiver, int wanted) => 0;

    /// <summary>How many a place for anybody should be chosen from; 1: whoever is drawn will do.</summary>
    public virtual int LooksPerPlace(in Receiver receiver) => 1;

    /// <summary>The receiver has announced and is listed: what there is to remember of it.</summary>
    public virtual void Follow(in Receiver receiver) { }

    /// <summary>Names peers that should rather be told, of the first <paramref name="range"/> positions.</summary>
    /// <param name="most">More are of no use.</param>
    public virtual void Propose(in Receiver receiver, int range, int most, ref Candidates candidates) { }

    /// <summary>
    /// Adds to the ratings of the draw's candidates, or sets <see cref="Candidates.Never"/>. Answers whether it has: false leaves them as they came.
    /// </summary>
    public virtual bool Rate(in Receiver receiver, in Candidates candidates) => false;
}
