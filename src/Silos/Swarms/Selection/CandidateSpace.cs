using System.Runtime.CompilerServices;

namespace Distribution.Silos.Swarms.Selection;

/// <summary>
/// The memory of <see cref="Candidates"/>, for the stack. No <c>stackalloc</c>: a method with one the runtime compiles once, and never again by how it is
/// used.
/// </summary>
internal struct CandidateSpace
{
    public NumberSpace Numbers;
    public SeenSpace Seen;

    [InlineArray(3 * Candidates.Room)]
    public struct NumberSpace
    {
        private int _first;
    }

    [InlineArray(Candidates.SeenWords)]
    public struct SeenSpace
    {
        private ulong _first;
    }
}
