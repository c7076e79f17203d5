using System.Runtime.InteropServices;
using Distribution.Ingest.Transport.Plain;
using Microsoft.Win32.SafeHandles;

namespace Distribution.Ingest.Tests.Transport.Plain;

/// <summary>Files that are on the disk alone.</summary>
internal static partial class ColdFile
{
    private const int DontNeed = 4; // POSIX_FADV_DONTNEED

    /// <summary>Has the kernel let go of what it holds of a file.</summary>
    public static void Forget(SafeFileHandle file)
    {
        Assert.Equal(0, Flush(file));
        Assert.Equal(0, Advise(file, 0, 0, DontNeed));
    }

    public static bool IsInMemory(SafeFileHandle file) =>
        PlainCalls.IsInMemory((int)file.DangerousGetHandle(), RandomAccess.GetLength(file) / 2);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Flush(SafeHandle file);

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int Advise(SafeHandle file, long offset, long length, int advice);
}
