using System.Runtime.InteropServices;

namespace Distribution.Silos.State;

/// <summary>Lets a thread yield to those whose viewers wait for microseconds. The runtime's own thread priorities do nothing on Linux.</summary>
internal static partial class LowPriority
{
    /// <summary>On top of the process' own: a third of its other threads' weight, so that it gets on where they want all there is.</summary>
    public const int Niceness = 5;

    /// <summary>The calling thread has it from now on, and keeps it. Nothing happens on other systems.</summary>
    public static void Take()
    {
        if (OperatingSystem.IsLinux())
            _ = BeNicer(Niceness);
    }

    // Of the calling thread, on Linux.
    [LibraryImport("libc", EntryPoint = "nice")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int BeNicer(int by);
}
