using System.Net;
using System.Net.Sockets;

namespace Distribution.Silos.Announces.Datagrams;

/// <summary>A bound UDP socket of one address family that receives and sends in batches. Sending: any thread.</summary>
internal sealed unsafe class DatagramSocket : IDisposable
{
    private const int BufferBytes = 4 << 20;

    /// <summary>A waiting receiver looks up so often, should nothing else wake it.</summary>
    private const long WakeSeconds = 1;

    private const int SocketLevel = 1;
    private const int ReceiveTimeoutOption = 20;
    private const int InternetLevel = 0;
    private const int PathMtuOption = 10;

    /// <summary>Never fragment, and believe no word about what a path carries. Our replies fit every path that there is.</summary>
    private const int ProbePathMtu = 3;

    private readonly Socket _socket;

    /// <exception cref="SocketException">The port is taken, or the machine has no such family.</exception>
    public DatagramSocket(IPEndPoint local)
    {
        IsIPv6 = local.AddressFamily == AddressFamily.InterNetworkV6;
        _socket = new Socket(local.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            // The other family has a socket of its own.
            if (IsIPv6)
                _socket.DualMode = false;
            _socket.ReceiveBufferSize = BufferBytes;
            _socket.SendBufferSize = BufferBytes;
            // The runtime's own timeout knows nothing of our calls.
            _socket.SetRawSocketOption(SocketLevel, ReceiveTimeoutOption, LinuxSockets.TimeSpanOf(WakeSeconds));
            // Without it the kernel makes up a number for the fragments of each packet.
            if (!IsIPv6)
                _socket.SetRawSocketOption(InternetLevel, PathMtuOption, BitConverter.GetBytes(ProbePathMtu));
            _socket.Bind(local);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    public bool IsIPv6 { get; }

    public IPEndPoint LocalEndPoint => (IPEndPoint)_socket.LocalEndPoint!;

    /// <summary>Waits for a datagram; answers how many came, 0 where there is nothing to wait for any more, or nothing came in a while.</summary>
    /// <exception cref="ObjectDisposedException">Closed.</exception>
    public int Receive(MessageHeader* messages, int count) => Math.Max(0, Call(messages, count, isSend: false));

    /// <summary>Sends all; those that cannot be sent are left out, as the network might do. Nothing happens once it is closed.</summary>
    public void Send(MessageHeader* messages, int count)
    {
        try
        {
            while (count > 0)
            {
                // Where the first cannot go, perhaps the second can.
                int sent = Math.Max(1, Call(messages, count, isSend: true));
                messages += sent;
                count -= sent;
            }
        }
        catch (ObjectDisposedException) { }
    }

    public void Send(ReadOnlySpan<byte> packet, IPEndPoint to)
    {
        try
        {
            _socket.SendTo(packet, to);
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException) { }
    }

    /// <summary>Wakes who waits in <see cref="Receive"/>.</summary>
    public void Stop()
    {
        if (!_socket.SafeHandle.IsClosed)
            LinuxSockets.ShutDown((int)_socket.SafeHandle.DangerousGetHandle());
    }

    public void Dispose() => _socket.Dispose();

    private int Call(MessageHeader* messages, int count, bool isSend)
    {
        SafeSocketHandle handle = _socket.SafeHandle;
        bool isHeld = false;
        try
        {
            // A number that was closed meanwhile may be another's.
            handle.DangerousAddRef(ref isHeld);
            int socket = (int)handle.DangerousGetHandle();
            return isSend
                ? LinuxSockets.Send(socket, messages, (uint)count, 0)
                : LinuxSockets.Receive(socket, messages, (uint)count, LinuxSockets.WaitForOne, null);
        }
        finally
        {
            if (isHeld)
                handle.DangerousRelease();
        }
    }
}
