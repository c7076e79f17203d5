using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Distribution.Silos.Announces.Datagrams;

/// <summary>What the runtime's sockets have no call for: many datagrams in one system call.</summary>
internal static unsafe partial class LinuxSockets
{
    /// <summary>Wait for the first datagram, then take what is there.</summary>
    public const int WaitForOne = 0x10000;

    private const int ShutDownBoth = 2;

    /// <summary>64 bits, where the layouts of <see cref="MessageHeader"/> hold.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux() && Environment.Is64BitProcess;

    /// <summary>Answers how many came; -1: see <see cref="Marshal.GetLastPInvokeError"/>.</summary>
    [LibraryImport("libc", EntryPoint = "recvmmsg", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Receive(int socket, MessageHeader* messages, uint count, int flags, void* timeout);

    /// <summary>Answers how many went; -1: not even the first.</summary>
    [LibraryImport("libc", EntryPoint = "sendmmsg", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Send(int socket, MessageHeader* messages, uint count, int flags);

    /// <summary>Wakes whoever waits in <see cref="Receive"/>.</summary>
    public static void ShutDown(int socket) => _ = ShutDown(socket, ShutDownBoth);

    /// <summary>A <c>struct timeval</c>.</summary>
    public static byte[] TimeSpanOf(long seconds)
    {
        var value = new byte[2 * sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(value, seconds);
        return value;
    }

    [LibraryImport("libc", EntryPoint = "shutdown")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int ShutDown(int socket, int how);
}
