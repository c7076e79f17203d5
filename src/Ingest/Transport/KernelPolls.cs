using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Distribution.Ingest.Transport;

/// <summary>Linux's epoll, as far as <see cref="SocketPoller"/> needs it: it tells once that a socket is ready, or that it is to end.</summary>
internal sealed partial class KernelPolls : IDisposable
{
    /// <summary>What <see cref="Wait"/> gives after <see cref="End"/>.</summary>
    public const long Ended = 0;

    private const int CloseOnExec = 0x80000; // EPOLL_CLOEXEC and EFD_CLOEXEC
    private const int Add = 1; // EPOLL_CTL_ADD
    private const int Modify = 3; // EPOLL_CTL_MOD
    private const uint Input = 0x1; // EPOLLIN
    private const uint Output = 0x4; // EPOLLOUT
    private const uint Failed = 0x8 | 0x10; // EPOLLERR, EPOLLHUP; they always tell
    private const uint PeerEnded = 0x2000; // EPOLLRDHUP
    private const uint Once = 1u << 30; // EPOLLONESHOT
    private const int Interrupted = 4; // EINTR

    // struct epoll_event: 32 bits of events, 64 of data; packed on x86-64 alone.
    private const int EventBytes = 16;

    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;

    private readonly Descriptor _epoll;
    private readonly Descriptor _end;

    private KernelPolls(Descriptor epoll, Descriptor end) => (_epoll, _end) = (epoll, end);

    /// <summary>Null: the system has none, or none left.</summary>
    public static KernelPolls? TryOpen()
    {
        if (!KernelSends.AreAvailable)
            return null;
        Descriptor epoll = CreateEpoll(CloseOnExec);
        Descriptor end = CreateEvent(0, CloseOnExec);
        var polls = new KernelPolls(epoll, end);
        if (!epoll.IsInvalid && !end.IsInvalid && polls.Control(Add, end, Input, Ended))
            return polls;
        polls.Dispose();
        return null;
    }

    /// <summary>Makes a socket known; nothing is told of it before <see cref="Ask"/>.</summary>
    /// <param name="id">What <see cref="Wait"/> gives; not <see cref="Ended"/>.</param>
    /// <returns>False: the system takes no more.</returns>
    /// <exception cref="ObjectDisposedException">The socket is closed.</exception>
    public bool TryAdd(SafeHandle socket, long id) => Control(Add, socket, Once, id);

    /// <summary>Lets <see cref="Wait"/> tell once that the socket is ready for one of these: at once if it is.</summary>
    /// <returns>False: it is not known here.</returns>
    /// <exception cref="ObjectDisposedException">The socket is closed.</exception>
    public bool Ask(SafeHandle socket, long id, PollEvents events)
    {
        uint asked = Once;
        if ((events & PollEvents.Input) != 0)
            asked |= Input | PeerEnded;
        if ((events & PollEvents.Output) != 0)
            asked |= Output;
        return Control(Modify, socket, asked, id);
    }

    /// <summary>Waits for one event.</summary>
    /// <param name="happened">A fault is everything.</param>
    public unsafe long Wait(out PollEvents happened)
    {
        byte* told = stackalloc byte[EventBytes];
        happened = PollEvents.None;
        while (true)
        {
            int count = WaitEpoll(_epoll, told, 1, -1);
            if (count < 0 && Marshal.GetLastPInvokeError() != Interrupted)
                return Ended;
            if (count <= 0)
                continue;
            uint events = *(uint*)told;
            if ((events & (Input | PeerEnded | Failed)) != 0)
                happened |= PollEvents.Input;
            if ((events & (Output | Failed)) != 0)
                happened |= PollEvents.Output;
            return *(long*)(told + DataOffset);
        }
    }

    /// <summary><see cref="Wait"/> ends, now and later.</summary>
    public void End()
    {
        // Nobody reads it back, so that it stays an event.
        ulong one = 1;
        Write(_end, in one, sizeof(ulong));
    }

    /// <summary>To be called when nobody waits.</summary>
    public void Dispose()
    {
        _epoll.Dispose();
        _end.Dispose();
    }

    private unsafe bool Control(int operation, SafeHandle target, uint events, long id)
    {
        byte* asked = stackalloc byte[EventBytes];
        *(uint*)asked = events;
        *(long*)(asked + DataOffset) = id;
        return ControlEpoll(_epoll, operation, target, asked) == 0;
    }

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial Descriptor CreateEpoll(int flags);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial Descriptor CreateEvent(uint value, int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    private static unsafe partial int ControlEpoll(Descriptor epoll, int operation, SafeHandle target, byte* asked);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    private static unsafe partial int WaitEpoll(Descriptor epoll, byte* told, int most, int milliseconds);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(Descriptor target, in ulong value, nuint count);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int CloseDescriptor(nint descriptor);

    internal sealed class Descriptor() : SafeHandleMinusOneIsInvalid(ownsHandle: true)
    {
        protected override bool ReleaseHandle() => CloseDescriptor(handle) == 0;
    }
}
