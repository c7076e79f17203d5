using System.Runtime.InteropServices;

namespace Distribution.EdgeSeeder.Cache;

/// <summary>
/// Copies out of a piece whose memory may be mapped from a file. The kernel does it: a page that cannot be read is then a fault to
/// handle, where a copy of our own would end the process (see <see cref="VerifiedPiece"/>).
/// </summary>
internal static unsafe partial class MemoryCopy
{
    private static readonly bool _native = OperatingSystem.IsLinux() && Environment.Is64BitProcess;

    /// <summary>False: the memory cannot be read; the piece is to be discarded.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The stretch is not within the piece.</exception>
    public static bool TryCopy(VerifiedPiece piece, int offset, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, piece.LengthBytes - destination.Length);
        if (piece.InMemoryOnly || !_native)
        {
            new ReadOnlySpan<byte>(piece.Address + offset, destination.Length).CopyTo(destination);
            return true;
        }
        fixed (byte* to = destination)
        {
            var local = new Place { Address = to, LengthBytes = (nuint)destination.Length };
            var remote = new Place { Address = piece.Address + offset, LengthBytes = (nuint)destination.Length };
            return process_vm_readv(Environment.ProcessId, &local, 1, &remote, 1, 0) == destination.Length;
        }
    }

    // process_vm_readv(2), of our own process: the one call that copies between two places of memory and answers EFAULT.
    [LibraryImport("libc", SetLastError = true)]
    private static partial nint process_vm_readv(
        int process,
        Place* local,
        nuint localCount,
        Place* remote,
        nuint remoteCount,
        nuint flags
    );

    private struct Place
    {
        public byte* Address;
        public nuint LengthBytes;
    }
}
