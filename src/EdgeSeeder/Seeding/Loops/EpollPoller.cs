using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Distribution.EdgeSeeder.Seeding.Loops;

/// <summary>
/// Linux's epoll, edge-triggered: a socket is made known once, and told of when something has changed. It costs no call to wait for room
/// and to stop waiting.
/// </summary>
internal sealed unsafe partial class EpollPoller : ISocketPoller
{
    private const int MaxEvents = 128;
    private const int CloseOnExec = 0x80000; // EPOLL_CLOEXEC and EFD_CLOEXEC
    private const int NonBlocking = 0x800; // EFD_NONBLOCK
    private const int AddOne = 1; // EPOLL_CTL_ADD
    private const int DeleteOne = 2; // EPOLL_CTL_DEL
    private const uint Input = 0x1; // EPOLLIN
    private const uint Output = 0x4; // EPOLLOUT
    private const uint Failed = 0x8 | 0x10; // EPOLLERR, EPOLLHUP; they always tell
    private const uint PeerEnded = 0x2000; // EPOLLRDHUP
    private const uint Edge = 1u << 31; // EPOLLET
    private const short PollInput = 0x1; // POLLIN
    private const long Woken = 0;

    // struct epoll_event: 32 bits of events, 64 of data; packed on x86-64 alone.
    private static readonly int EventBytes = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;

    private readonly Descriptor _epoll;
    private readonly Descriptor _wake;
    private readonly byte* _told = (byte*)NativeMemory.AllocZeroed(MaxEvents * 16);
    private readonly Dictionary<long, IWatched> _watched = [];
    private readonly Dictionary<Socket, long> _ids = [];
    private long _lastId = Woken;
    private int _isWoken;

    private EpollPoller(Descriptor epoll, Descriptor wake) => (_epoll, _wake) = (epoll, wake);

    /// <summary>Null: the system has none, or none left.</summary>
    public static EpollPoller? TryOpen()
    {
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess)
            return null;
        var poller = new EpollPoller(CreateEpoll(CloseOnExec), CreateEvent(0, CloseOnExec | NonBlocking));
        if (!poller._epoll.IsInvalid && !poller._wake.IsInvalid && poller.Control(AddOne, poller._wake, Input, Woken))
            return poller;
        poller.Dispose();
        return null;
    }

    public bool TryAdd(Socket socket, IWatched watched)
    {
        long id = ++_lastId;
        if (!Control(AddOne, socket.SafeHandle, Input | Output | PeerEnded | Edge, id))
            return false;
        _watched[id] = watched;
        _ids[socket] = id;
        return true;
    }

    public void Remove(Socket socket)
    {
        if (!_ids.Remove(socket, out long id))
            return;
        _watched.Remove(id);
        Control(DeleteOne, socket.SafeHandle, 0, 0);
    }

    public void Wait(int milliseconds)
    {
        int count = WaitEpoll(_epoll, _told, MaxEvents, milliseconds);
        for (int i = 0; i < count; i++)
        {
            byte* told = _told + i * EventBytes;
            uint events = *(uint*)told;
            long id = *(long*)(told + DataOffset);
            if (id == Woken)
                TakeWake();
            // One that was told of before may have ended this one.
            else if (_watched.TryGetValue(id, out IWatched? watched))
            {
                bool hasEnded = (events & (PeerEnded | Failed)) != 0;
                watched.Happened((events & Input) != 0 || hasEnded, (events & (Output | Failed)) != 0, hasEnded);
            }
        }
    }

    public void Rest(int milliseconds)
    {
        var wake = new PollTarget { Descriptor = (int)_wake.DangerousGetHandle(), Asked = PollInput };
        _ = PollDescriptors(&wake, 1, milliseconds);
    }

    public void Wake()
    {
        if (Interlocked.Exchange(ref _isWoken, 1) == 1)
            return;
        ulong one = 1;
        _ = WriteEvent(_wake, &one, sizeof(ulong));
    }

    /// <summary>To be called when nobody waits or wakes.</summary>
    public void Dispose()
    {
        _epoll.Dispose();
        _wake.Dispose();
        NativeMemory.Free(_told);
    }

    private void TakeWake()
    {
        ulong count;
        _ = ReadEvent(_wake, &count, sizeof(ulong));
        Interlocked.Exchange(ref _isWoken, 0);
    }

    private bool Control(int operation, SafeHandle target, uint events, long id)
    {
        byte* asked = stackalloc byte[16];
        *(uint*)asked = events;
        *(long*)(asked + DataOffset) = id;
        return ControlEpoll(_epoll, operation, target, asked) == 0;
    }

    [LibraryImport("libc", EntryPoint = "epoll_create1")]
    private static partial Descriptor CreateEpoll(int flags);

    [LibraryImport("libc", EntryPoint = "eventfd")]
    private static partial Descriptor CreateEvent(uint value, int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl")]
    private static partial int ControlEpoll(SafeHandle epoll, int operation, SafeHandle target, byte* asked);

    [LibraryImport("libc", EntryPoint = "epoll_wait")]
    private static partial int WaitEpoll(SafeHandle epoll, byte* told, int most, int milliseconds);

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int PollDescriptors(PollTarget* targets, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "write")]
    private static partial nint WriteEvent(SafeHandle target, ulong* value, nuint count);

    [LibraryImport("libc", EntryPoint = "read")]
    private static partial nint ReadEvent(SafeHandle target, ulong* value, nuint count);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int CloseDescriptor(nint descriptor);

    internal sealed class Descriptor() : SafeHandleMinusOneIsInvalid(ownsHandle: true)
    {
        protected override bool ReleaseHandle() => CloseDescriptor(handle) == 0;
    }

    /// <summary>struct pollfd.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct PollTarget
    {
        public int Descriptor;
        public short Asked;
        public short Told;
    }
}
