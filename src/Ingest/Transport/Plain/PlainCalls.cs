using System.Runtime.InteropServices;
using Distribution.Contracts.Metering;

namespace Distribution.Ingest.Transport.Plain;

/// <summary>Linux's calls on the descriptors that a <see cref="PlainLoop"/> owns. One that fails gives the negative error number.</summary>
internal static unsafe partial class PlainCalls
{
    public const int TryAgain = -11; // EAGAIN
    public const int Interrupted = -4; // EINTR
    public const int TooManyOfProcess = -24; // EMFILE
    public const int TooManyOfSystem = -23; // ENFILE
    public const int NoBuffers = -105; // ENOBUFS
    public const int NoMemory = -12; // ENOMEM
    public const int DeviceFailed = -5; // EIO
    public const int Invalid = -22; // EINVAL
    public const int NotImplemented = -38; // ENOSYS
    public const int NotSupported = -95; // EOPNOTSUPP

    /// <summary>An IPv6 socket address is as long; the others are shorter.</summary>
    public const int AddressBytes = 28;

    private const int NonBlocking = 0x800; // SOCK_NONBLOCK
    private const int CloseOnExec = 0x80000; // SOCK_CLOEXEC
    private const int NoSignal = 0x4000; // MSG_NOSIGNAL
    private const int MoreFollows = 0x8000; // MSG_MORE
    private const int SocketLevel = 1; // SOL_SOCKET
    private const int Linger = 13; // SO_LINGER
    private const int TcpLevel = 6; // IPPROTO_TCP
    private const int NotSentLowWater = 25; // TCP_NOTSENT_LOWAT
    private const int DoNotWait = 8; // RWF_NOWAIT

    /// <summary>The next connection of a listening socket, which does not block.</summary>
    /// <exception cref="ObjectDisposedException">The listening socket is closed.</exception>
    public static int Accept(SafeHandle listener, Span<byte> address)
    {
        fixed (byte* at = address)
        {
            int length = address.Length;
            return Result(AcceptOne(listener, at, &length, NonBlocking | CloseOnExec));
        }
    }

    public static int Receive(int socket, Span<byte> buffer)
    {
        fixed (byte* at = buffer)
            return Result((int)ReceiveSome(socket, at, (nuint)buffer.Length, 0));
    }

    /// <param name="moreFollows">A file, or the end: both leave in one packet.</param>
    public static int Send(int socket, ReadOnlySpan<byte> bytes, bool moreFollows)
    {
        fixed (byte* at = bytes)
            return Result(
                (int)SendSome(socket, at, (nuint)bytes.Length, moreFollows ? NoSignal | MoreFollows : NoSignal)
            );
    }

    /// <param name="underWay">Where the kernel writes how far it came, before the call returns; null: that is only returned.</param>
    public static int SendFile(int socket, int file, long offset, int count, SendUnderWay? underWay)
    {
        long* at = underWay is null ? &offset : underWay.NextOffset(offset);
        return Result((int)SendOfFile(socket, file, at, (nuint)count));
    }

    /// <summary>Waits for a disk.</summary>
    public static int Read(int file, long offset, Span<byte> buffer)
    {
        fixed (byte* at = buffer)
            return Result((int)ReadAt(file, at, (nuint)buffer.Length, offset));
    }

    /// <summary>False where to read this byte may have to wait for a disk, or the file system cannot tell.</summary>
    public static bool IsInMemory(int file, long offset)
    {
        byte read;
        var vector = new Vector { Base = &read, Length = 1 };
        return ReadVector(file, &vector, 1, offset, DoNotWait) >= 0;
    }

    public static void LimitUnsent(int socket, int bytes) =>
        _ = SetOption(socket, TcpLevel, NotSentLowWater, &bytes, sizeof(int));

    /// <summary>What the kernel has not sent is dropped, and the peer gets a reset.</summary>
    public static void Reset(int socket)
    {
        long onForNothing = 1;
        _ = SetOption(socket, SocketLevel, Linger, &onForNothing, sizeof(long));
        Close(socket);
    }

    public static void Close(int descriptor) => _ = CloseOne(descriptor);

    private static int Result(int result) => result >= 0 ? result : -Marshal.GetLastPInvokeError();

    [LibraryImport("libc", EntryPoint = "accept4", SetLastError = true)]
    private static partial int AcceptOne(SafeHandle socket, byte* address, int* length, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint ReceiveSome(int socket, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint SendSome(int socket, byte* bytes, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "sendfile", SetLastError = true)]
    private static partial nint SendOfFile(int socket, int file, long* offset, nuint count);

    [LibraryImport("libc", EntryPoint = "pread", SetLastError = true)]
    private static partial nint ReadAt(int file, byte* buffer, nuint length, long offset);

    [LibraryImport("libc", EntryPoint = "preadv2")]
    private static partial nint ReadVector(int file, Vector* vectors, int count, long offset, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int CloseOne(int descriptor);

    [LibraryImport("libc", EntryPoint = "setsockopt")]
    private static partial int SetOption(int socket, int level, int name, void* value, int length);

    private struct Vector
    {
        public void* Base;
        public nuint Length;
    }
}
