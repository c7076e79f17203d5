using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Threading.Tasks.Sources;
using Distribution.Contracts.Metering;
using Microsoft.Win32.SafeHandles;

namespace Distribution.Ingest.Transport;

/// <summary>
/// The output as the application sees it: bytes, and stretches of files that never pass through the program's memory. A flush sends what the
/// socket takes at once, and waits while too much is behind.
/// </summary>
/// <remarks>
/// Kestrel's HTTP/1.1 hands <see cref="GetMemory"/>, <see cref="Advance"/> and <see cref="FlushAsync"/> through to here while no
/// earlier flush waits; in between come only its heads and its own buffers. A file's stretch therefore enters as memory that
/// stands for it: <see cref="TryWriteFile"/> offers it, and sees whether the memory that came back is it.
/// </remarks>
internal sealed class ConnectionOutput
    : PipeWriter,
        IFileOutputFeature,
        ISendQueueOwner,
        IValueTaskSource<FlushResult>,
        IDisposable
{
    // What may wait in memory before a flush waits too, and when it goes on.
    private const int PauseMemoryBytes = 512 << 10;
    private const int ResumeMemoryBytes = PauseMemoryBytes / 2;

    // Files take no memory while they wait. A response that is nearly out lets the application go on to its next request.
    private const int PauseFileBytes = 2 << 20;
    private const int ResumeFileBytes = PauseFileBytes / 2;

    private readonly AcceptedBytes _bytes;
    private readonly Action _stalled;
    private readonly Action<SendEnd> _ended;
    private readonly OutputDraft _draft;
    private readonly SendQueue _queue;
    private readonly Lock _gate = new();
    private ManualResetValueTaskSourceCore<FlushResult> _flush = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _cancellation;
    private volatile bool _hasWrittenFile;
    private bool _isFlushWaiting;
    private bool _isCancelAsked;
    private bool _isCompleted;
    private Exception? _fault;

    /// <param name="stalled">The peer takes next to nothing of what waits.</param>
    /// <param name="ended">Called once, when the socket takes nothing more.</param>
    public ConnectionOutput(
        Socket socket,
        SocketEvents? events,
        UnsentLimit unsent,
        MemoryPool<byte> pool,
        AcceptedBytes bytes,
        TimeProvider clock,
        Action stalled,
        Action<SendEnd> ended
    )
    {
        _bytes = bytes;
        _stalled = stalled;
        _ended = ended;
        _draft = new OutputDraft(pool);
        _queue = new SendQueue(socket, events, unsent, bytes, clock, this);
    }

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _draft.Bytes;

    public bool TryWriteFile(PipeWriter body, SafeFileHandle file, long offset, int length)
    {
        if (!KernelSends.AreAvailable)
            return false;
        _draft.Offer(file, offset, length);
        if (!_draft.IsOffered(body.GetMemory(length)))
            return false;
        body.Advance(length);
        _hasWrittenFile = true;
        return true;
    }

    /// <summary>True if a file was written since this was last asked.</summary>
    public bool TakeHasWrittenFile()
    {
        bool has = _hasWrittenFile;
        _hasWrittenFile = false;
        return has;
    }

    public override Memory<byte> GetMemory(int sizeHint = 0) => _draft.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => _draft.GetMemory(sizeHint).Span;

    public override void Advance(int count)
    {
        _draft.Advance(count);
        _bytes.Write(count);
    }

    public override ValueTask<FlushResult> WriteAsync(
        ReadOnlyMemory<byte> source,
        CancellationToken cancellationToken = default
    )
    {
        source.CopyTo(GetMemory(source.Length));
        Advance(source.Length);
        return FlushAsync(cancellationToken);
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (_draft.TryTake(out OutputSegment? written))
            _queue.Add(written);
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<FlushResult>(cancellationToken);
        lock (_gate)
        {
            if (_fault is not null)
                return ValueTask.FromException<FlushResult>(_fault);
            if (_isCancelAsked || _queue.IsOver || !IsBehind(PauseMemoryBytes, PauseFileBytes))
                return ValueTask.FromResult(Result());
            _flush.Reset();
            _isFlushWaiting = true;
        }
        // From here on it may be over at any time.
        short version = _flush.Version;
        if (cancellationToken.CanBeCanceled)
        {
            CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
                static (output, token) => ((ConnectionOutput)output!).CancelFlush(token),
                this
            );
            lock (_gate)
            {
                if (_isFlushWaiting)
                    _cancellation = registration;
                else
                    registration.Unregister();
            }
        }
        Drained();
        return new ValueTask<FlushResult>(this, version);
    }

    public override void CancelPendingFlush()
    {
        lock (_gate)
        {
            _isCancelAsked = true;
            ReleaseFlush();
        }
    }

    public override void Complete(Exception? exception = null)
    {
        lock (_gate)
        {
            if (_isCompleted)
                return;
            _isCompleted = true;
        }
        if (_draft.TryTake(out OutputSegment? written))
            _queue.Add(written);
        _draft.Drop();
        if (exception is null)
            _queue.Complete();
        else
            _queue.Abort();
    }

    /// <summary>Drops what is not sent. The socket has to be closed before.</summary>
    public void Abort() => _queue.Abort();

    public void Drained()
    {
        // Either this side sees the flush that waits, or that one sees what this side took from the queue.
        Interlocked.MemoryBarrier();
        if (!_isFlushWaiting || !_queue.IsOver && IsBehind(ResumeMemoryBytes, ResumeFileBytes))
            return;
        lock (_gate)
            ReleaseFlush();
    }

    public void Stalled() => _stalled();

    public void Ended(SendEnd end)
    {
        _bytes.Close();
        lock (_gate)
        {
            _fault = end.Fault;
            ReleaseFlush();
        }
        _ended(end);
    }

    public void Dispose() => _queue.Dispose();

    FlushResult IValueTaskSource<FlushResult>.GetResult(short token) => _flush.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<FlushResult>.GetStatus(short token) => _flush.GetStatus(token);

    void IValueTaskSource<FlushResult>.OnCompleted(
        Action<object?> continuation,
        object? state,
        short token,
        ValueTaskSourceOnCompletedFlags flags
    ) => _flush.OnCompleted(continuation, state, token, flags);

    private bool IsBehind(int memoryBytes, int fileBytes) =>
        _queue.MemoryBytes > memoryBytes || _queue.FileBytes > fileBytes;

    private void CancelFlush(CancellationToken token)
    {
        lock (_gate)
        {
            if (!_isFlushWaiting)
                return;
            _isFlushWaiting = false;
            _flush.SetException(new OperationCanceledException(token));
        }
    }

    // With the gate held.
    private void ReleaseFlush()
    {
        if (!_isFlushWaiting)
            return;
        _isFlushWaiting = false;
        _cancellation.Unregister();
        _cancellation = default;
        if (_fault is not null)
            _flush.SetException(_fault);
        else
            _flush.SetResult(Result());
    }

    private FlushResult Result()
    {
        bool isCanceled = _isCancelAsked;
        _isCancelAsked = false;
        return new FlushResult(isCanceled, _queue.IsOver);
    }
}
