using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Distribution.Silos.Swarms.Tables;

/// <summary>
/// Asks the processor for memory that will be read in a moment, so that many reads wait at once and not one after the other. Only a hint: nothing is
/// read, an address may be any, and where the processor has no such instruction nothing happens.
/// </summary>
internal static unsafe class CacheLines
{
    public const int Bytes = 64;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Ask<T>(ref readonly T at)
    {
        if (Sse.IsSupported)
            Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.AsRef(in at)));
    }

    /// <summary>All lines from <paramref name="at"/> on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Ask(ref byte at, int bytes)
    {
        for (int offset = 0; offset < bytes; offset += Bytes)
            Ask(ref Unsafe.Add(ref at, offset));
        Ask(ref Unsafe.Add(ref at, bytes - 1));
    }

    /// <summary>The first lines of an object.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AskObject(object it, int lines)
    {
        if (!Sse.IsSupported)
            return;
        // It may be moved meanwhile: then another line comes, which harms nobody.
        byte* at = *(byte**)Unsafe.AsPointer(ref it);
        for (int line = 0; line < lines; line++)
            Sse.Prefetch0(at + line * Bytes);
    }
}
