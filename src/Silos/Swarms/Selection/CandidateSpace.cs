using System.Runtime.CompilerServices;

namespace Distribution.Silos.Swarms.Selection;

/// <summary>
/// The memory of <see cref="Candidates"/>, for the stack. No <c>stackalloc</c>: a method with one the runtime compiles once, and never again by how it is
/// used.
/// </summary>
internal struct CandidateSpace
{
    public PositionSpace Positions;
    public PositionSpace Sorted;
    public RatingSpace Ratings;
    public SeenSpace Seen;

    [InlineArray(Candidates.Room)]
    public struct PositionSpace
    {
        private int _first;
    }

    [InlineArray(Candidates.Room)]
    public struct RatingSpace
    {
        private sbyte _first;
    }

    [InlineArray(Candidates.SeenWords)]
    public struct SeenSpace
    {
        private ulong _first;
    }
}
