using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Distribution.EdgeSeeder.Seeding.Links.Datagrams;

/// <summary>
/// A UDP port, for Linux alone. A batch of packets of one length is one system call where the system cuts it up itself (UDP_SEGMENT, Linux 4.18). Any
/// thread may send, one may receive.
/// </summary>
internal sealed unsafe partial class DatagramSocket : IDisposable
{
    /// <summary>The longest datagram that is read whole; nothing of uTP is longer than a path carries.</summary>
    public const int MaxDatagramBytes = 2048;

    private const int BufferBytes = 4 << 20;
    private const int DontWait = 0x40;
    private const int NoSignal = 0x4000;
    private const int Interrupted = 4;
    private const int TryAgain = 11;
    private const int NoBuffers = 105;
    private const int LevelUdp = 17;
    private const int SegmentOption = 103; // UDP_SEGMENT
    private const int MaxSegments = 40;
    private const int MaxSegmentedBytes = 60_000;
    private const int AddressFamilyIPv4 = 2;
    private const int AddressFamilyIPv6 = 10;
    private const int ControlBytes = 24;

    [ThreadStatic]
    private static byte[]? _batch;

    private bool _canSegment = true;

    private DatagramSocket(Socket socket) => Socket = socket;

    public Socket Socket { get; }

    /// <summary>Null: the system is not one of those that this is written for.</summary>
    /// <exception cref="SocketException">The port is taken.</exception>
    public static DatagramSocket? TryBind(int port)
    {
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess)
            return null;
        bool isDual = Socket.OSSupportsIPv6;
        var socket = new Socket(
            isDual ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork,
            SocketType.Dgram,
            ProtocolType.Udp
        );
        try
        {
            if (isDual)
                socket.DualMode = true;
            socket.Blocking = false;
            socket.ReceiveBufferSize = socket.SendBufferSize = BufferBytes;
            socket.Bind(new IPEndPoint(isDual ? IPAddress.IPv6Any : IPAddress.Any, port));
            return new DatagramSocket(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Takes one datagram. Below 0: none is there.</summary>
    /// <param name="from">Is filled with the sender's address, as the system writes it.</param>
    public int Receive(Span<byte> buffer, Span<byte> from, out int fromBytes)
    {
        fixed (byte* bytes = buffer)
        fixed (byte* address = from)
        {
            while (true)
            {
                int addressBytes = from.Length;
                nint count = recvfrom(Socket.SafeHandle, bytes, (nuint)buffer.Length, DontWait, address, &addressBytes);
                fromBytes = addressBytes;
                if (count >= 0)
                    return (int)count;
                int errno = Marshal.GetLastPInvokeError();
                // An earlier packet of ours found nobody (ECONNREFUSED and the like): that is no word of this socket's end.
                if (errno == TryAgain)
                    return -1;
            }
        }
    }

    /// <summary>Sends packets in their order.</summary>
    /// <param name="to">The receiver's address, as the system writes it.</param>
    /// <returns>How many the system took; fewer: it has no room now.</returns>
    public int Send(ReadOnlySpan<byte> to, List<ReadOnlyMemory<byte>> packets)
    {
        int sent = 0;
        while (sent < packets.Count)
        {
            int run = _canSegment ? RunAt(packets, sent) : 1;
            if (!TrySend(to, packets, sent, run, out bool isFull))
            {
                if (isFull)
                    break;
                if (run > 1)
                {
                    _canSegment = false;
                    continue;
                }
                // No way there, or too long for it: as if it were lost.
            }
            sent += run;
        }
        return sent;
    }

    public void Dispose() => Socket.Dispose();

    /// <summary>An address as the system writes it (struct sockaddr_in or sockaddr_in6). Null: of another kind.</summary>
    public static IPEndPoint? Read(ReadOnlySpan<byte> address)
    {
        if (address.Length < 8)
            return null;
        int family = BitConverter.ToUInt16(address);
        ushort port = BinaryPrimitives.ReadUInt16BigEndian(address[2..]);
        if (family == AddressFamilyIPv4)
            return new IPEndPoint(new IPAddress(address[4..8]), port);
        return family == AddressFamilyIPv6 && address.Length >= 24
            ? SeedingEngine.Plain(new IPEndPoint(new IPAddress(address[8..24]), port))
            : null;
    }

    /// <summary>So many packets from one on are of one length, but for a shorter last one.</summary>
    private static int RunAt(List<ReadOnlyMemory<byte>> packets, int first)
    {
        int length = packets[first].Length;
        int most = Math.Min(Math.Min(MaxSegments, MaxSegmentedBytes / length), packets.Count - first);
        int run = 1;
        while (run < most && packets[first + run].Length == length)
            run++;
        if (run < most && packets[first + run].Length < length)
            run++;
        return run;
    }

    private bool TrySend(
        ReadOnlySpan<byte> to,
        List<ReadOnlyMemory<byte>> packets,
        int first,
        int count,
        out bool isFull
    )
    {
        _batch ??= GC.AllocateUninitializedArray<byte>(MaxSegmentedBytes + MaxDatagramBytes, pinned: true);
        int length = 0;
        for (int i = 0; i < count; i++)
        {
            packets[first + i].Span.CopyTo(_batch.AsSpan(length));
            length += packets[first + i].Length;
        }
        isFull = false;
        byte* control = stackalloc byte[ControlBytes];
        fixed (byte* address = to)
        fixed (byte* bytes = _batch)
        {
            var place = new SendPlace(bytes, length);
            var header = new MessageHeader
            {
                Name = address,
                NameLength = (uint)to.Length,
                Places = &place,
                PlaceCount = 1,
            };
            if (count > 1)
            {
                // struct cmsghdr: length, level, type; then the length of a packet.
                *(nuint*)control = 18;
                *(int*)(control + 8) = LevelUdp;
                *(int*)(control + 12) = SegmentOption;
                *(ulong*)(control + 16) = (ushort)packets[first].Length;
                header.Control = control;
                header.ControlLength = ControlBytes;
            }
            while (true)
            {
                if (sendmsg(Socket.SafeHandle, &header, DontWait | NoSignal) >= 0)
                    return true;
                int errno = Marshal.GetLastPInvokeError();
                if (errno == Interrupted)
                    continue;
                isFull = errno is TryAgain or NoBuffers;
                return false;
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    private static partial nint sendmsg(SafeHandle socket, MessageHeader* message, int flags);

    [LibraryImport("libc", EntryPoint = "recvfrom", SetLastError = true)]
    private static partial nint recvfrom(
        SafeHandle socket,
        byte* buffer,
        nuint length,
        int flags,
        byte* address,
        int* addressBytes
    );

    /// <summary>struct msghdr of 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct MessageHeader
    {
        public void* Name;
        public uint NameLength;
        public SendPlace* Places;
        public nuint PlaceCount;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
    }
}
