using System.Runtime.InteropServices;

namespace Distribution.Silos.Announces.Datagrams;

/// <summary>
/// Asks Linux (6.12 or later) to give the calling thread the processor in short turns, and so soon: a packet that comes in does not wait until
/// another thread's turn of some milliseconds is over. The thread's share of the processor stays what it was. Elsewhere nothing happens.
/// </summary>
internal static unsafe partial class ShortTurns
{
    /// <summary>The shortest that the kernel takes.</summary>
    private const ulong Nanoseconds = 100_000;

    public static void Ask()
    {
        long call = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => 314,
            Architecture.Arm64 => 274,
            _ => 0,
        };
        if (call == 0 || !LinuxSockets.IsSupported)
            return;
        var wanted = new Attributes
        {
            Size = (uint)sizeof(Attributes),
            Nice = Niceness(0, 0),
            Runtime = Nanoseconds,
        };
        // Older kernels, and containers that forbid the call, leave things as they are.
        _ = SetAttributes(call, 0, &wanted, 0);
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial long SetAttributes(long call, nint thread, Attributes* attributes, nuint flags);

    [LibraryImport("libc", EntryPoint = "getpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Niceness(int which, uint who);

    /// <summary><c>struct sched_attr</c>, first version; its policy 0 is the usual one.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Attributes
    {
        public uint Size;
        public uint Policy;
        public ulong Flags;
        public int Nice;
        public uint Priority;
        public ulong Runtime;
        public ulong Deadline;
        public ulong Period;
    }
}
