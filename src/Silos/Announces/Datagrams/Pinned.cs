using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Distribution.Silos.Announces.Datagrams;

/// <summary>Addresses of arrays that were allocated pinned, and so stay where they are for their life.</summary>
internal static unsafe class Pinned
{
    public static T* Address<T>(T[] array)
        where T : unmanaged => (T*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(array));
}
