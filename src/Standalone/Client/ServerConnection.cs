using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Distribution.Standalone.Client;

/// <summary>
/// A connection that sends a <see cref="FileStretch"/> straight from the page cache, by Linux's sendfile; all else as a
/// <see cref="NetworkStream"/> does.
/// </summary>
internal sealed class ServerConnection : NetworkStream
{
    /// <summary>
    /// One sendfile. The other end of a fast connection works while the next call is made, and a slow one is heard of often enough.
    /// </summary>
    private const int MaxCallBytes = 256 << 10;

    /// <summary>
    /// What goes by an ordinary send when the connection is full: that send ends once there is room again, and gives its thread back until
    /// then.
    /// </summary>
    private const int WaitingSendBytes = 16 << 10;

    private const int Interrupted = 4; // EINTR
    private const int DeviceFailed = 5; // EIO
    private const int TryAgain = 11; // EAGAIN
    private const int Invalid = 22; // EINVAL
    private const int NotImplemented = 38; // ENOSYS
    private const int NotSupported = 95; // EOPNOTSUPP

    // The system's offset_t is that of 64-bit systems.
    private static readonly bool HasSendFile = OperatingSystem.IsLinux() && Environment.Is64BitProcess;

    private bool _mustCopy = !HasSendFile;

    private ServerConnection(Socket socket)
        : base(socket, ownsSocket: true)
    {
        // sendfile must come back when the connection is full. The base class wants to see it blocking, and sends asynchronously all the same.
        socket.Blocking = false;
    }

    /// <summary>For <see cref="SocketsHttpHandler.ConnectCallback"/>: connects as the handler does by itself.</summary>
    public static async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context,
        CancellationToken cancellationToken
    )
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new ServerConnection(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        !_mustCopy && MemoryMarshal.TryGetMemoryManager(buffer, out FileStretch? stretch, out int start, out int length)
            ? SendAsync(stretch, start, length, cancellationToken)
            : base.WriteAsync(buffer, cancellationToken);

    private async ValueTask SendAsync(
        FileStretch stretch,
        int start,
        int lengthBytes,
        CancellationToken cancellationToken
    )
    {
        long offset = stretch.Offset + start;
        long end = offset + lengthBytes;
        byte[]? copied = null;
        while (offset < end)
        {
            cancellationToken.ThrowIfCancellationRequested();
            nint sent = SendFile(
                Socket.SafeHandle,
                stretch.File,
                ref offset,
                (nuint)Math.Min(end - offset, MaxCallBytes)
            );
            if (sent > 0)
            {
                stretch.Sent((int)sent);
                continue;
            }
            if (sent == 0)
                throw stretch.Shorter();
            int error = Marshal.GetLastPInvokeError();
            if (error == Interrupted)
                continue;
            // Some file systems have no sendfile.
            if (error is Invalid or NotImplemented or NotSupported)
            {
                _mustCopy = true;
                await base.WriteAsync(
                    stretch.Memory[(int)(offset - stretch.Offset)..(int)(end - stretch.Offset)],
                    cancellationToken
                );
                return;
            }
            if (error == DeviceFailed)
                throw new IOException("The file cannot be read.");
            if (error != TryAgain)
                throw new IOException(Marshal.GetPInvokeErrorMessage(error));
            copied ??= new byte[WaitingSendBytes];
            int read = RandomAccess.Read(
                stretch.File,
                copied.AsSpan(0, (int)Math.Min(copied.Length, end - offset)),
                offset
            );
            if (read == 0)
                throw stretch.Shorter();
            await base.WriteAsync(copied.AsMemory(0, read), cancellationToken);
            offset += read;
            stretch.Sent(read);
        }
    }

    [DllImport("libc", EntryPoint = "sendfile", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint SendFile(SafeHandle socket, SafeHandle file, ref long offset, nuint count);
}
