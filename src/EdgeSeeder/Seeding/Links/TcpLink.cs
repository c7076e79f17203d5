using System.Net.Sockets;
using System.Runtime.InteropServices;
using Distribution.Contracts.Metering;

namespace Distribution.EdgeSeeder.Seeding.Links;

/// <summary>A TCP connection without encryption: blocks go from their mapped pieces to the kernel in one call, without a copy of ours.</summary>
internal sealed partial class TcpLink : PeerLink
{
    private const int DontWait = 0x40;
    private const int Interrupted = 4;
    private const int TryAgain = 11;

    /// <summary>So much of what a peer still had under way is taken in at its end: unread bytes would reset the connection.</summary>
    private const int MaxDrainedBytes = 1 << 20;

    /// <summary>The kernel holds no more of a connection that is not on the wire.</summary>
    private const int MostUnsentBytes = 512 << 10;

    private static readonly bool _native = OperatingSystem.IsLinux() && Environment.Is64BitProcess;

    private readonly Socket _socket;
    private readonly UnsentLimit _unsent;
    private long _accepted;

    /// <param name="socket">Is closed with the link.</param>
    public TcpLink(Socket socket, TimeProvider clock)
    {
        _socket = socket;
        socket.Blocking = false;
        socket.NoDelay = true;
        _unsent = new UnsentLimit(socket, MostUnsentBytes, clock);
        _unsent.SetUsual();
    }

    public override Socket Watched => _socket;

    public override int Receive(Span<byte> buffer, out SocketError fault) =>
        _native ? ReceiveNative(buffer, out fault) : _socket.Receive(buffer, SocketFlags.None, out fault);

    public override long Send(ReadOnlySpan<SendPlace> places, out SocketError fault) =>
        Send(places, underWay: null, out fault);

    public override long Send(ReadOnlySpan<SendPlace> places, SendUnderWay? underWay, out SocketError fault)
    {
        long sent = GatherSend.TrySend(_socket, places, underWay, out fault);
        _accepted += sent;
        if (sent < SendPlace.Sum(places))
            _unsent.Waits(_accepted);
        return sent;
    }

    public override void Dispose()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Both);
            Drain();
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
        {
            // Broken already.
        }
        _socket.Dispose();
    }

    private void Drain()
    {
        Span<byte> rest = stackalloc byte[4096];
        for (int left = MaxDrainedBytes; left > 0; )
        {
            int count = Receive(rest, out _);
            if (count <= 0)
                return;
            left -= count;
        }
    }

    private unsafe int ReceiveNative(Span<byte> buffer, out SocketError fault)
    {
        fixed (byte* first = buffer)
        {
            while (true)
            {
                nint count = recv(_socket.SafeHandle, first, (nuint)buffer.Length, DontWait);
                if (count >= 0)
                {
                    fault = SocketError.Success;
                    return (int)count;
                }
                int errno = Marshal.GetLastPInvokeError();
                if (errno == Interrupted)
                    continue;
                fault = errno == TryAgain ? SocketError.WouldBlock : SocketError.ConnectionReset;
                return 0;
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static unsafe partial nint recv(SafeHandle socket, byte* buffer, nuint length, int flags);
}
