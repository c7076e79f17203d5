using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Distribution.EdgeSeeder.Seeding.Links;

/// <summary>
/// Copies bytes that may lie in a mapped file. If that file cannot be read our own code would end with SIGBUS, where the kernel has an error to
/// tell: so on Linux the bytes go through a pipe. A thread has its own.
/// </summary>
internal sealed unsafe partial class SafeCopy : IDisposable
{
    /// <summary>A pipe takes no more at once.</summary>
    public const int MaxBytes = 64 * 1024;

    private const int MaxPlaces = 64;
    private const int CloseOnExec = 0x80000; // O_CLOEXEC
    private const int NonBlocking = 0x800; // O_NONBLOCK

    private static readonly bool _native = OperatingSystem.IsLinux() && Environment.Is64BitProcess;

    [ThreadStatic]
    private static SafeCopy? _ofThread;

    private readonly PipeEnd _source;
    private readonly PipeEnd _target;

    private SafeCopy(PipeEnd source, PipeEnd target) => (_source, _target) = (source, target);

    /// <summary>Copies what lies behind the first <paramref name="skipBytes"/> of all places, as far as the target has room.</summary>
    /// <returns>Bytes copied; less than asked for where memory cannot be read, or the system has no pipe left.</returns>
    public static int Copy(ReadOnlySpan<SendPlace> places, long skipBytes, Span<byte> target)
    {
        SendPlace* parts = stackalloc SendPlace[MaxPlaces];
        int count = 0;
        long left = Math.Min(target.Length, MaxBytes);
        foreach (SendPlace place in places)
        {
            long length = (long)place.LengthBytes;
            if (skipBytes >= length)
            {
                skipBytes -= length;
                continue;
            }
            int taken = (int)Math.Min(length - skipBytes, left);
            parts[count++] = new SendPlace(place.Address + skipBytes, taken);
            skipBytes = 0;
            left -= taken;
            if (left == 0 || count == MaxPlaces)
                break;
        }
        if (count == 0)
            return 0;
        return _native ? CopyThroughPipe(parts, count, target) : CopyPlainly(parts, count, target);
    }

    public void Dispose()
    {
        _source.Dispose();
        _target.Dispose();
    }

    private static int CopyPlainly(SendPlace* parts, int count, Span<byte> target)
    {
        int copied = 0;
        for (int i = 0; i < count; i++)
        {
            var part = new ReadOnlySpan<byte>(parts[i].Address, (int)parts[i].LengthBytes);
            part.CopyTo(target[copied..]);
            copied += part.Length;
        }
        return copied;
    }

    private static int CopyThroughPipe(SendPlace* parts, int count, Span<byte> target)
    {
        if ((_ofThread ??= TryOpen()) is not { } pipe)
            return 0;
        nint written = WriteParts(pipe._target, parts, count);
        int copied = 0;
        fixed (byte* first = target)
        {
            while (copied < written)
            {
                nint read = ReadBytes(pipe._source, first + copied, (nuint)(written - copied));
                if (read <= 0)
                {
                    // What is left in it would come out with the next copy.
                    pipe.Dispose();
                    _ofThread = null;
                    return 0;
                }
                copied += (int)read;
            }
        }
        return copied;
    }

    private static SafeCopy? TryOpen()
    {
        int* ends = stackalloc int[2];
        if (CreatePipe(ends, CloseOnExec | NonBlocking) != 0)
            return null;
        return new SafeCopy(new PipeEnd(ends[0]), new PipeEnd(ends[1]));
    }

    [LibraryImport("libc", EntryPoint = "pipe2")]
    private static partial int CreatePipe(int* ends, int flags);

    [LibraryImport("libc", EntryPoint = "writev")]
    private static partial nint WriteParts(SafeHandle pipe, SendPlace* parts, int count);

    [LibraryImport("libc", EntryPoint = "read")]
    private static partial nint ReadBytes(SafeHandle pipe, byte* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int CloseDescriptor(nint descriptor);

    private sealed class PipeEnd : SafeHandleMinusOneIsInvalid
    {
        public PipeEnd(int descriptor)
            : base(ownsHandle: true) => SetHandle(descriptor);

        protected override bool ReleaseHandle() => CloseDescriptor(handle) == 0;
    }
}
