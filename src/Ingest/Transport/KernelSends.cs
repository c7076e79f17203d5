using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Distribution.Ingest.Transport;

/// <summary>
/// Linux's own calls, on sockets that do not block: what .NET has no name for is a send that says "more follows", so that a response's head
/// leaves in one packet with its body, and sendfile on a socket with its count.
/// </summary>
internal static partial class KernelSends
{
    /// <summary>
    /// The most of one call. A call is counted when it has returned, so this is what kill -9 can cost a connection. Larger ones are
    /// not cheaper: the receiver's side of a fast connection works while the next call is made.
    /// </summary>
    public const int MaxCallBytes = 256 << 10;

    private const int MaxVectors = 16;
    private const int DontWait = 0x40; // MSG_DONTWAIT
    private const int NoSignal = 0x4000; // MSG_NOSIGNAL
    private const int MoreFollows = 0x8000; // MSG_MORE

    private const int DoNotWait = 8; // RWF_NOWAIT

    private const int Interrupted = 4; // EINTR
    private const int DeviceFailed = 5; // EIO
    private const int TryAgain = 11; // EAGAIN
    private const int Invalid = 22; // EINVAL
    private const int NotImplemented = 38; // ENOSYS
    private const int NotSupported = 95; // EOPNOTSUPP

    // The structures below are those of 64-bit systems, as are the offsets.
    public static bool AreAvailable { get; } = OperatingSystem.IsLinux() && Environment.Is64BitProcess;

    /// <summary>Sends of the list's start what one call takes: memory up to the next file, or a part of a file.</summary>
    public static SendResult Send(Socket socket, OutputSegment first) =>
        first.File is { } file ? SendFile(socket, file, first) : SendMemory(socket, first);

    /// <summary>
    /// False if the next call for this file may have to wait for a disk: its first or its last byte is not in the kernel's memory, or the
    /// file system cannot tell.
    /// </summary>
    public static bool IsInMemory(SafeFileHandle file, OutputSegment segment)
    {
        long last = segment.FileOffset + Math.Min(segment.Length, MaxCallBytes) - 1;
        return IsInMemory(file, last) && IsInMemory(file, segment.FileOffset);
    }

    private static unsafe bool IsInMemory(SafeFileHandle file, long offset)
    {
        byte read;
        var vector = new Vector { Base = &read, Length = 1 };
        return ReadVector(file, &vector, 1, offset, DoNotWait) >= 0;
    }

    private static SendResult SendFile(Socket socket, SafeFileHandle file, OutputSegment segment)
    {
        long offset = segment.FileOffset;
        nint sent = SendFile(socket.SafeHandle, file, ref offset, (nuint)Math.Min(segment.Length, MaxCallBytes));
        if (sent > 0)
            return new SendResult((int)sent, SocketError.Success);
        if (sent == 0)
            throw new EndOfStreamException(
                $"The file ends at {segment.FileOffset}, {segment.Length} bytes before the response does."
            );
        int error = Marshal.GetLastPInvokeError();
        if (error is Invalid or NotImplemented or NotSupported)
        {
            segment.MustCopy = true;
            return new SendResult(0, SocketError.Success);
        }
        return error == DeviceFailed ? throw new IOException("The file cannot be read.") : Failed(error);
    }

    private static unsafe SendResult SendMemory(Socket socket, OutputSegment first)
    {
        Vector* vectors = stackalloc Vector[MaxVectors];
        Span<System.Buffers.MemoryHandle> pins = new System.Buffers.MemoryHandle[MaxVectors];
        int count = 0;
        int bytes = 0;
        OutputSegment? segment = first;
        try
        {
            while (segment is { File: null } && count < MaxVectors && bytes < MaxCallBytes)
            {
                int length = Math.Min(MaxCallBytes - bytes, (int)segment.Length);
                pins[count] = segment.Unsent.Pin();
                vectors[count] = new Vector { Base = pins[count].Pointer, Length = (nuint)length };
                bytes += length;
                count++;
                segment = segment.Next;
            }
            var message = new Message { Vectors = vectors, VectorCount = (nuint)count };
            int flags = DontWait | NoSignal | (segment is null ? 0 : MoreFollows);
            nint sent = SendMessage(socket.SafeHandle, ref message, flags);
            return sent >= 0 ? new SendResult((int)sent, SocketError.Success) : Failed(Marshal.GetLastPInvokeError());
        }
        finally
        {
            foreach (System.Buffers.MemoryHandle pin in pins[..count])
                pin.Dispose();
        }
    }

    // Whatever else a socket says, the connection is lost.
    private static SendResult Failed(int error) =>
        error switch
        {
            TryAgain => new SendResult(0, SocketError.WouldBlock),
            Interrupted => new SendResult(0, SocketError.Success),
            _ => new SendResult(0, SocketError.ConnectionReset),
        };

    [LibraryImport("libc", EntryPoint = "sendfile", SetLastError = true)]
    private static partial nint SendFile(SafeHandle socket, SafeHandle file, ref long offset, nuint count);

    [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    private static partial nint SendMessage(SafeHandle socket, ref Message message, int flags);

    [LibraryImport("libc", EntryPoint = "preadv2", SetLastError = true)]
    private static unsafe partial nint ReadVector(SafeHandle file, Vector* vectors, int count, long offset, int flags);

    private unsafe struct Vector
    {
        public void* Base;
        public nuint Length;
    }

    private unsafe struct Message
    {
        public void* Name;
        public uint NameLength;
        public Vector* Vectors;
        public nuint VectorCount;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
    }
}
