using System.Net.Sockets;
using System.Runtime.InteropServices;
using Distribution.Contracts.Metering;

namespace Distribution.EdgeSeeder.Seeding.Links;

/// <summary>
/// One non-blocking send of bytes that lie in many places. On Linux a single sendmmsg(2) of one message, to which the kernel copies straight from the
/// page cache of a mapped file; elsewhere a send a place.
/// </summary>
internal static unsafe partial class GatherSend
{
    private const int DontWait = 0x40;
    private const int NoSignal = 0x4000;
    private const int Interrupted = 4;
    private const int TryAgain = 11;
    private const int BadAddress = 14;

    private static readonly bool _native = OperatingSystem.IsLinux() && Environment.Is64BitProcess;

    /// <summary>Sends what the socket takes now.</summary>
    /// <param name="places">At most 1024 (IOV_MAX); not empty.</param>
    /// <param name="underWay">Where the kernel writes what it accepted; null: that is only returned.</param>
    /// <param name="fault">
    /// WouldBlock: the socket is full. Fault: the memory of one of the first places could not be read. Anything else but Success:
    /// broken.
    /// </param>
    /// <returns>Bytes that the socket accepted; 0 with a fault.</returns>
    public static long TrySend(
        Socket socket,
        ReadOnlySpan<SendPlace> places,
        SendUnderWay? underWay,
        out SocketError fault
    ) => _native ? SendMessage(socket, places, underWay, out fault) : SendEach(socket, places, out fault);

    private static long SendMessage(
        Socket socket,
        ReadOnlySpan<SendPlace> places,
        SendUnderWay? underWay,
        out SocketError fault
    )
    {
        var own = default(MessageAndLength);
        fixed (SendPlace* first = places)
        {
            // The kernel writes the length before the call returns, whether or not there is still a process to return to.
            MessageAndLength* message = underWay is null ? &own : (MessageAndLength*)underWay.NextHeader();
            message->Header.Places = first;
            message->Header.PlaceCount = (nuint)places.Length;
            while (true)
            {
                if (sendmmsg(socket.SafeHandle, message, 1, DontWait | NoSignal) == 1)
                {
                    fault = SocketError.Success;
                    return message->LengthBytes;
                }
                int errno = Marshal.GetLastPInvokeError();
                if (errno == Interrupted)
                    continue;
                fault = errno switch
                {
                    TryAgain => SocketError.WouldBlock,
                    BadAddress => SocketError.Fault,
                    _ => SocketError.ConnectionReset,
                };
                return 0;
            }
        }
    }

    private static long SendEach(Socket socket, ReadOnlySpan<SendPlace> places, out SocketError fault)
    {
        long sent = 0;
        fault = SocketError.Success;
        foreach (SendPlace place in places)
        {
            var bytes = new ReadOnlySpan<byte>(place.Address, (int)place.LengthBytes);
            int accepted = socket.Send(bytes, SocketFlags.None, out fault);
            if (fault != SocketError.Success)
                break;
            sent += accepted;
            if (accepted < bytes.Length)
                break;
        }
        if (sent > 0)
            fault = SocketError.Success;
        return sent;
    }

    [LibraryImport("libc", EntryPoint = "sendmmsg", SetLastError = true)]
    private static partial int sendmmsg(SafeHandle socket, MessageAndLength* messages, uint count, int flags);

    /// <summary>struct mmsghdr of 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct MessageAndLength
    {
        public MessageHeader Header;
        public uint LengthBytes;
    }

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
