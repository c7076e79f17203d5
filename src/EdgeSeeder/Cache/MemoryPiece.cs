using System.Runtime.InteropServices;

namespace Distribution.EdgeSeeder.Cache;

/// <summary>A piece that found no room on the disk.</summary>
internal sealed unsafe class MemoryPiece : VerifiedPiece
{
    private MemoryPiece(int piece, byte* address, int lengthBytes)
        : base(piece, address, lengthBytes) { }

    public override bool InMemoryOnly => true;

    public static MemoryPiece Copy(int piece, ReadOnlySpan<byte> bytes)
    {
        var address = (byte*)NativeMemory.Alloc((nuint)Math.Max(bytes.Length, 1));
        bytes.CopyTo(new Span<byte>(address, bytes.Length));
        return new MemoryPiece(piece, address, bytes.Length);
    }

    protected override void Free() => NativeMemory.Free(Address);
}
