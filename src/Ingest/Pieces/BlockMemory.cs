using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Distribution.Ingest.Pieces;

/// <summary>
/// The memory of blocks, used again and again: a store may write it past the page cache, so it begins where a memory page does and does
/// not move.
/// </summary>
internal static class BlockMemory
{
    /// <summary>Where each begins: a multiple of what direct writes to any usual disk want.</summary>
    public const int AlignmentBytes = 4096;

    // As many as one upload of usual pieces has. What more there was while several ran goes back to the runtime.
    private const int MaxKept = 48;

    private static readonly ConcurrentStack<Memory<byte>> Kept = new();
    private static int s_kept;

    /// <summary><see cref="ContentBlock.MaxBytes"/> bytes of anything.</summary>
    public static Memory<byte> Rent()
    {
        if (Kept.TryPop(out Memory<byte> memory))
        {
            Interlocked.Decrement(ref s_kept);
            return memory;
        }
        byte[] array = GC.AllocateUninitializedArray<byte>(ContentBlock.MaxBytes + AlignmentBytes, pinned: true);
        nint address = Marshal.UnsafeAddrOfPinnedArrayElement(array, 0);
        int skipped = (int)(-address & (AlignmentBytes - 1));
        return array.AsMemory(skipped, ContentBlock.MaxBytes);
    }

    /// <summary>Nobody may use it any more.</summary>
    public static void Return(Memory<byte> memory)
    {
        if (Interlocked.Increment(ref s_kept) <= MaxKept)
            Kept.Push(memory);
        else
            Interlocked.Decrement(ref s_kept);
    }
}
