using System.Buffers;
using System.Net;
using Distribution.Contracts.Metering;
using Distribution.Contracts.PlainHttp;
using Microsoft.Win32.SafeHandles;

namespace Distribution.Ingest.Transport.Plain;

/// <summary>
/// A connection of which nothing but plain requests has come. Its loop's thread alone touches it, except while it is away. The object
/// serves one connection after another.
/// </summary>
internal sealed class PlainConnection(PlainLoop loop, int slot) : IPlainReply, IThreadPoolWorkItem
{
    private const int IPv4 = 2; // AF_INET
    private const int CopyBytes = 64 << 10;

    private static ReadOnlySpan<byte> MappedIPv4 => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

    private readonly byte[] _address = new byte[16];
    private int _addressLength;
    private uint _scope;
    private IPAddress? _ipAddress;
    private byte[]? _unsent;
    private int _unsentStart;
    private int _unsentEnd;
    private byte[]? _kept;
    private int _keptLength;
    private SafeFileHandle? _file;
    private int _fileDescriptor;
    private long _fileOffset;
    private long _fileLeft;
    private bool _mustCopy;
    private bool _isProbed;
    private IPlainBody? _body;
    private int _awayResult;
    private readonly UnsentAllowance _allowance = new(CountedListener.MostUnsentBytes, loop.Clock);

    public int Slot => slot;

    /// <summary>Grows with each connection that the object serves.</summary>
    public int Generation { get; private set; }

    /// <summary>What the kernel calls it: of this connection alone.</summary>
    public long Id => ((long)Generation << 32) | (uint)slot;

    public int Descriptor { get; private set; } = -1;

    public PlainListener Listener { get; private set; } = null!;

    public PlainState State { get; set; }

    /// <summary>There may be input.</summary>
    public bool CanRead { get; set; }

    /// <summary>There may be room to send.</summary>
    public bool CanWrite { get; set; }

    /// <summary>The peer sends no more, or is lost: what receiving says has to be heard in any case.</summary>
    public bool PeerEnded { get; set; }

    /// <summary>It stands in line for its next turn.</summary>
    public bool IsQueued { get; set; }

    /// <summary>The request has been waited for once.</summary>
    public bool HasWaited { get; set; }

    /// <summary>To be closed when it is back.</summary>
    public bool IsUnwanted { get; set; }

    public bool KeepsAlive { get; set; }

    /// <summary>The loop's time when it last began to wait for a request.</summary>
    public long IdleSince { get; set; }

    /// <summary>The loop's time at the beginning of the stall guard's period; below 0: none runs.</summary>
    public long StallSince { get; set; }

    public long StallAccepted { get; set; }

    /// <summary>All that the socket has taken.</summary>
    public long AcceptedBytes { get; private set; }

    public bool HasFile => _body is not null;

    public bool IsFlushed => _unsent is null;

    public ReadOnlySpan<byte> Kept => _kept.AsSpan(0, _keptLength);

    public ReadOnlySpan<byte> AddressBytes =>
        _addressLength == 16 && _address.AsSpan().StartsWith(MappedIPv4)
            ? _address.AsSpan(MappedIPv4.Length)
            : _address.AsSpan(0, _addressLength);

    public IPAddress Address => _ipAddress ??= ReadAddress();

    public object? Memo { get; set; }

    /// <summary>What an answer of "later" waits for.</summary>
    public Task? Awaited { get; private set; }

    /// <param name="address">As the kernel writes one.</param>
    public void Open(int descriptor, PlainListener listener, ReadOnlySpan<byte> address, long now)
    {
        Descriptor = descriptor;
        Listener = listener;
        State = PlainState.Reading;
        CanWrite = true;
        KeepsAlive = true;
        IdleSince = now;
        StallSince = -1;
        if (BitConverter.ToUInt16(address) == IPv4)
        {
            address.Slice(4, 4).CopyTo(_address);
            _addressLength = 4;
            return;
        }
        address.Slice(8, 16).CopyTo(_address);
        _addressLength = 16;
        _scope = BitConverter.ToUInt32(address[24..]);
    }

    /// <summary>Forgets the connection; the descriptor is the caller's.</summary>
    public void Clear()
    {
        EndBody();
        DropKept();
        DropUnsent();
        Generation = (Generation + 1) & int.MaxValue;
        Descriptor = -1;
        State = PlainState.Closed;
        (CanRead, CanWrite, PeerEnded, IsQueued, HasWaited, IsUnwanted) = (false, false, false, false, false, false);
        (_ipAddress, _scope, Memo, Awaited) = (null, 0, null, null);
        AcceptedBytes = 0;
        _allowance.Reset();
    }

    void IBufferWriter<byte>.Advance(int count) => loop.Output.Advance(count);

    Memory<byte> IBufferWriter<byte>.GetMemory(int sizeHint) => loop.Output.GetMemory(sizeHint);

    Span<byte> IBufferWriter<byte>.GetSpan(int sizeHint) => loop.Output.GetSpan(sizeHint);

    void IPlainReply.SendFile(SafeFileHandle file, long offset, long length, IPlainBody body)
    {
        _file = file;
        _fileDescriptor = (int)file.DangerousGetHandle();
        (_fileOffset, _fileLeft) = (offset, length);
        (_mustCopy, _isProbed) = (false, false);
        _body = body;
    }

    void IPlainReply.WaitFor(Task task) => Awaited = task;

    /// <summary>Input that is for later.</summary>
    public void Keep(ReadOnlySpan<byte> input)
    {
        byte[] kept = ArrayPool<byte>.Shared.Rent(input.Length);
        input.CopyTo(kept);
        DropKept();
        (_kept, _keptLength) = (kept, input.Length);
    }

    /// <summary>Copies what was kept to where it is handled.</summary>
    public int TakeKept(Span<byte> input)
    {
        int length = _keptLength;
        Kept.CopyTo(input);
        DropKept();
        return length;
    }

    /// <summary>Sends what was written, and keeps what the socket does not take. False: the connection is lost.</summary>
    /// <param name="closes">It is closed right after: its end leaves in the last packet.</param>
    public bool Send(ReadOnlySpan<byte> written, bool closes)
    {
        while (!written.IsEmpty)
        {
            int sent = PlainCalls.Send(Descriptor, written, HasFile || closes);
            if (sent == PlainCalls.TryAgain)
                break;
            if (sent < 0 && sent != PlainCalls.Interrupted)
                return false;
            if (sent < 0)
                continue;
            AcceptedBytes += sent;
            written = written[sent..];
        }
        if (written.IsEmpty)
            return true;
        CanWrite = false;
        Waits();
        byte[] unsent = ArrayPool<byte>.Shared.Rent(written.Length);
        written.CopyTo(unsent);
        DropUnsent();
        (_unsent, _unsentStart, _unsentEnd) = (unsent, 0, written.Length);
        return true;
    }

    /// <summary>Goes on with what <see cref="Send"/> kept. False: the connection is lost.</summary>
    public bool SendUnsent()
    {
        while (_unsentStart < _unsentEnd)
        {
            int sent = PlainCalls.Send(Descriptor, _unsent.AsSpan(_unsentStart.._unsentEnd), HasFile);
            if (sent == PlainCalls.TryAgain)
            {
                CanWrite = false;
                Waits();
                return true;
            }
            if (sent < 0 && sent != PlainCalls.Interrupted)
                return false;
            if (sent < 0)
                continue;
            AcceptedBytes += sent;
            _unsentStart += sent;
        }
        DropUnsent();
        return true;
    }

    /// <summary>False: the next call for the file could have to wait for a disk, so it is to go away for that.</summary>
    public bool IsFileAtHand()
    {
        if (_mustCopy)
            return false;
        long last = _fileOffset + Math.Min(_fileLeft, KernelSends.MaxCallBytes) - 1;
        // The one that the last call ended with stands for the one that this begins with.
        bool isAtHand =
            PlainCalls.IsInMemory(_fileDescriptor, last)
            && (_isProbed || PlainCalls.IsInMemory(_fileDescriptor, _fileOffset));
        _isProbed = isAtHand;
        return isAtHand;
    }

    /// <summary>One call for the file, counted.</summary>
    /// <returns>What the socket took; 0: the file ends too early; else an error.</returns>
    public int SendOfFile()
    {
        int wanted = (int)Math.Min(_fileLeft, KernelSends.MaxCallBytes);
        SendUnderWay? underWay = _body!.Sending(wanted);
        int sent = _mustCopy
            ? CopyOfFile(Math.Min(wanted, CopyBytes))
            : PlainCalls.SendFile(Descriptor, _fileDescriptor, _fileOffset, wanted, underWay);
        if (sent <= 0)
        {
            _body.Accepted(0);
            return sent;
        }
        AcceptedBytes += sent;
        _fileOffset += sent;
        _fileLeft -= sent;
        _body.Accepted(sent);
        return sent;
    }

    /// <summary>What a call of <see cref="SendOfFile"/> came to that gave an error. False: the connection is lost.</summary>
    public bool CanGoOn(int error)
    {
        switch (error)
        {
            case PlainCalls.TryAgain:
                Waits();
                return true;
            case PlainCalls.Interrupted:
                return true;
            case PlainCalls.Invalid or PlainCalls.NotImplemented or PlainCalls.NotSupported when !_mustCopy:
                // The file system cannot send from this file by itself.
                _mustCopy = true;
                return true;
            default:
                return false;
        }
    }

    /// <summary>True once: all of the file is out.</summary>
    public bool TryEndFile()
    {
        if (_fileLeft > 0)
            return false;
        EndBody();
        return true;
    }

    /// <summary>Makes one call for the file on a thread of the pool.</summary>
    public void GoAway()
    {
        State = PlainState.Away;
        CanWrite = false;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>It is back: what the call came to.</summary>
    public int TakeAwayResult()
    {
        State = PlainState.Sending;
        _isProbed = false;
        return _awayResult;
    }

    void IThreadPoolWorkItem.Execute()
    {
        _awayResult = SendOfFile();
        loop.Post(this, Generation);
    }

    private int CopyOfFile(int wanted)
    {
        byte[] copy = ArrayPool<byte>.Shared.Rent(wanted);
        int read = PlainCalls.Read(_fileDescriptor, _fileOffset, copy.AsSpan(0, wanted));
        int sent = read > 0 ? PlainCalls.Send(Descriptor, copy.AsSpan(0, read), moreFollows: false) : read;
        ArrayPool<byte>.Shared.Return(copy);
        return sent;
    }

    private void Waits()
    {
        if (StallSince < 0)
            (StallSince, StallAccepted) = (loop.Now, AcceptedBytes);
        if (_allowance.Waits(AcceptedBytes) is { } limit)
            PlainCalls.LimitUnsent(Descriptor, limit);
    }

    private void EndBody()
    {
        IPlainBody? body = _body;
        (_body, _file) = (null, null);
        body?.Ended();
    }

    private void DropKept()
    {
        if (_kept is not null)
            ArrayPool<byte>.Shared.Return(_kept);
        (_kept, _keptLength) = (null, 0);
    }

    private void DropUnsent()
    {
        if (_unsent is not null)
            ArrayPool<byte>.Shared.Return(_unsent);
        _unsent = null;
    }

    private IPAddress ReadAddress() =>
        _addressLength == 16 ? new IPAddress(_address, _scope) : new IPAddress(_address.AsSpan(0, 4));
}
