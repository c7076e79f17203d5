using System.Runtime.InteropServices;

namespace Distribution.EdgeSeeder.Cache;

/// <summary>A piece that is not on the disk: not yet, or because it found no room there.</summary>
internal unsafe class MemoryPiece : VerifiedPiece
{
    /// <summary>Takes memory for it.</summary>
    protected MemoryPiece(int piece, int lengthBytes)
        : base(piece, (byte*)NativeMemory.Alloc((nuint)Math.Max(lengthBytes, 1)), lengthBytes) { }

    public override bool InMemoryOnly => true;

    /// <summary>Room for a piece that is still to come: it is to be verified before anybody is given it.</summary>
    public static MemoryPiece Allocate(int piece, int lengthBytes) => new(piece, lengthBytes);

    protected override void Free() => NativeMemory.Free(Address);
}
