using System.Runtime.InteropServices;

namespace Distribution.Ingest.Transport.Plain;

/// <summary>
/// Linux's epoll, as <see cref="PlainLoop"/> needs it: it tells of each connection when something has changed (edge-triggered), so that a
/// connection is made known once; of listening sockets as long as somebody waits there; and of being woken.
/// </summary>
internal sealed unsafe partial class PlainPolls : IDisposable
{
    /// <summary>What <see cref="At"/> gives for <see cref="Wake"/>.</summary>
    public const long Woken = -1;

    private const int MaxEvents = 128;
    private const int CloseOnExec = 0x80000; // EPOLL_CLOEXEC and EFD_CLOEXEC
    private const int NonBlocking = 0x800; // EFD_NONBLOCK
    private const int AddOne = 1; // EPOLL_CTL_ADD
    private const int DeleteOne = 2; // EPOLL_CTL_DEL
    private const uint Input = 0x1; // EPOLLIN
    private const uint Output = 0x4; // EPOLLOUT
    private const uint Failed = 0x8 | 0x10; // EPOLLERR, EPOLLHUP; they always tell
    private const uint PeerEnded = 0x2000; // EPOLLRDHUP
    private const uint Exclusive = 1u << 28; // EPOLLEXCLUSIVE
    private const uint Edge = 1u << 31; // EPOLLET

    // struct epoll_event: 32 bits of events, 64 of data; packed on x86-64 alone.
    private static readonly int EventBytes = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;

    private readonly int _epoll;
    private readonly int _wake;
    private readonly byte* _told;
    private int _isWoken;

    private PlainPolls(int epoll, int wake)
    {
        _epoll = epoll;
        _wake = wake;
        _told = (byte*)NativeMemory.AllocZeroed(MaxEvents * 16);
    }

    /// <summary>Null: the system has none, or none left.</summary>
    public static PlainPolls? TryOpen()
    {
        if (!KernelSends.AreAvailable)
            return null;
        int epoll = CreateEpoll(CloseOnExec);
        int wake = CreateEvent(0, CloseOnExec | NonBlocking);
        if (epoll >= 0 && wake >= 0)
        {
            var polls = new PlainPolls(epoll, wake);
            if (polls.Control(AddOne, wake, Input, Woken))
                return polls;
            polls.Dispose();
            return null;
        }
        if (epoll >= 0)
            PlainCalls.Close(epoll);
        if (wake >= 0)
            PlainCalls.Close(wake);
        return null;
    }

    /// <param name="id">What <see cref="At"/> gives; not below 0.</param>
    public bool TryAdd(int socket, long id) => Control(AddOne, socket, Input | Output | PeerEnded | Edge, id);

    /// <summary>One of several loops that have the same listening socket is told of a connection.</summary>
    /// <param name="id">What <see cref="At"/> gives; below <see cref="Woken"/>.</param>
    /// <exception cref="ObjectDisposedException">The socket is closed.</exception>
    public bool TryAddListener(SafeHandle listener, long id)
    {
        bool added = false;
        try
        {
            listener.DangerousAddRef(ref added);
            return Control(AddOne, (int)listener.DangerousGetHandle(), Input | Exclusive, id);
        }
        finally
        {
            if (added)
                listener.DangerousRelease();
        }
    }

    /// <summary>It is told of no more. A closed socket needs no such call.</summary>
    public void Remove(int socket) => Control(DeleteOne, socket, 0, 0);

    /// <inheritdoc cref="Remove(int)"/>
    public void RemoveListener(SafeHandle listener)
    {
        bool added = false;
        try
        {
            listener.DangerousAddRef(ref added);
            Remove((int)listener.DangerousGetHandle());
        }
        catch (ObjectDisposedException)
        {
            // Closed meanwhile, so it is gone from here.
        }
        finally
        {
            if (added)
                listener.DangerousRelease();
        }
    }

    /// <summary>Waits for events.</summary>
    /// <param name="milliseconds">At most; below 0: without an end.</param>
    /// <returns>How many <see cref="At"/> has now.</returns>
    public int Wait(int milliseconds) => Math.Max(0, WaitEpoll(_epoll, _told, MaxEvents, milliseconds));

    /// <param name="happened">A fault is everything.</param>
    /// <param name="hasEnded">The peer sends no more, or the connection is lost.</param>
    public long At(int index, out PollEvents happened, out bool hasEnded)
    {
        byte* told = _told + index * EventBytes;
        uint events = *(uint*)told;
        happened = PollEvents.None;
        hasEnded = (events & (PeerEnded | Failed)) != 0;
        if ((events & Input) != 0 || hasEnded)
            happened |= PollEvents.Input;
        if ((events & (Output | Failed)) != 0)
            happened |= PollEvents.Output;
        return *(long*)(told + DataOffset);
    }

    /// <summary>Ends a wait, or the next. Any thread.</summary>
    public void Wake()
    {
        if (Interlocked.Exchange(ref _isWoken, 1) == 1)
            return;
        ulong one = 1;
        WriteEvent(_wake, &one, sizeof(ulong));
    }

    /// <summary>To be called upon <see cref="Woken"/>, before looking at what it was for.</summary>
    public void TakeWake()
    {
        ulong count;
        ReadEvent(_wake, &count, sizeof(ulong));
        Interlocked.Exchange(ref _isWoken, 0);
    }

    /// <summary>To be called when nobody waits or wakes.</summary>
    public void Dispose()
    {
        PlainCalls.Close(_epoll);
        PlainCalls.Close(_wake);
        NativeMemory.Free(_told);
    }

    private bool Control(int operation, int target, uint events, long id)
    {
        byte* asked = stackalloc byte[16];
        *(uint*)asked = events;
        *(long*)(asked + DataOffset) = id;
        return ControlEpoll(_epoll, operation, target, asked) == 0;
    }

    [LibraryImport("libc", EntryPoint = "epoll_create1")]
    private static partial int CreateEpoll(int flags);

    [LibraryImport("libc", EntryPoint = "eventfd")]
    private static partial int CreateEvent(uint value, int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl")]
    private static partial int ControlEpoll(int epoll, int operation, int target, byte* asked);

    [LibraryImport("libc", EntryPoint = "epoll_wait")]
    private static partial int WaitEpoll(int epoll, byte* told, int most, int milliseconds);

    [LibraryImport("libc", EntryPoint = "write")]
    private static partial nint WriteEvent(int target, ulong* value, nuint count);

    [LibraryImport("libc", EntryPoint = "read")]
    private static partial nint ReadEvent(int target, ulong* value, nuint count);
}
