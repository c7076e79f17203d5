using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Distribution.Ingest.Transport;

/// <summary>
/// The reader of a connection's input, with its ways for input to come: through the pipe that the receive loop fills, or, while a reader
/// offers places, straight into these.
/// </summary>
/// <remarks>
/// One of two receives at a time. The loop lends the socket to the reader when a place is offered, after it has flushed what it has
/// (<see cref="LendAsync"/>), and waits. It gets the socket back when the place is taken back, when the connection closes, and when the peer
/// ends: what the end means is the loop's affair.
/// </remarks>
internal sealed class PlacedInput(Pipe pipe, BulkReceiver receiver) : PipeReader, IPlacedInputFeature, IDisposable
{
    private readonly PipeReader _inner = pipe.Reader;
    private readonly Lock _gate = new();
    private CancellationTokenSource _cancellation = new();
    private Memory<byte> _place;
    private long _expectedBytes;
    private ReadOnlyMemory<byte> _received;
    private long _receivedBytes;
    private volatile bool _isWanted;
    private bool _isReceiving;
    private bool _isClosed;
    private TaskCompletionSource<bool>? _loop;
    private int _flushes;
    private int _flushesSeen;

    /// <summary>What came straight into places, in bytes.</summary>
    public long ReceivedBytes => Volatile.Read(ref _receivedBytes);

    public void Place(Memory<byte> place, long expectedBytes)
    {
        if (place.IsEmpty)
        {
            TakeBack();
            return;
        }
        lock (_gate)
        {
            (_place, _expectedBytes) = (place, expectedBytes);
            _isWanted = !_isClosed;
        }
    }

    public void TakeBack()
    {
        TaskCompletionSource<bool>? loop;
        lock (_gate)
        {
            _place = default;
            _isWanted = false;
            loop = _isReceiving ? null : TakeLoop();
        }
        loop?.SetResult(true);
    }

    /// <summary>To be called by the receive loop before each flush.</summary>
    public void Flushes()
    {
        if (!_isWanted)
            return;
        lock (_gate)
            _flushes++;
    }

    /// <summary>
    /// To be called by the receive loop after each flush: where a place is offered it ends when the loop is to go on. False: the peer has
    /// ended.
    /// </summary>
    /// <exception cref="Exception">What receiving failed with.</exception>
    public ValueTask<bool> LendAsync()
    {
        if (!_isWanted)
            return ValueTask.FromResult(true);
        lock (_gate)
        {
            // A reader that waits at the pipe is woken by a flush alone: one that it has not seen is still on its way to it.
            if (!_isWanted || _flushesSeen == _flushes)
                return ValueTask.FromResult(true);
            _loop = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            return new ValueTask<bool>(_loop.Task);
        }
    }

    /// <summary>The connection closes: nothing is lent any more, and the loop goes on.</summary>
    public void Close()
    {
        TaskCompletionSource<bool>? loop;
        lock (_gate)
        {
            _isClosed = true;
            _isWanted = false;
            // Who receives finds the socket closed, and gives it back with that.
            loop = _isReceiving ? null : TakeLoop();
        }
        loop?.SetResult(true);
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (_isWanted && cancellationToken.CanBeCanceled)
            TakeBack();
        if (!_isWanted)
            return _inner.ReadAsync(cancellationToken);
        Memory<byte> place = default;
        long expectedBytes = 0;
        CancellationToken cancelled = default;
        lock (_gate)
        {
            if (_inner.TryRead(out ReadResult waiting))
                return ValueTask.FromResult(waiting);
            _flushesSeen = _flushes;
            if (_loop is not null)
            {
                _isReceiving = true;
                (place, expectedBytes, cancelled) = (_place, _expectedBytes, _cancellation.Token);
            }
        }
        if (place.IsEmpty)
            return _inner.ReadAsync(CancellationToken.None);
        return ReceiveAsync(place, expectedBytes, cancelled);
    }

    public override bool TryRead(out ReadResult result) => _inner.TryRead(out result);

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (_received.IsEmpty)
        {
            _inner.AdvanceTo(consumed, examined);
            return;
        }
        var received = new ReadOnlySequence<byte>(_received);
        _received = default;
        ReadOnlySequence<byte> left = received.Slice(consumed);
        if (left.IsEmpty)
            return;
        lock (_gate)
        {
            // The place is its owner's again; while the loop waits, the pipe's other end is ours. A closed connection's rest is lost anyway.
            if (_loop is null)
                return;
            foreach (ReadOnlyMemory<byte> part in left)
                pipe.Writer.Write(part.Span);
            _ = pipe.Writer.FlushAsync().AsTask();
        }
    }

    public override void CancelPendingRead()
    {
        _inner.CancelPendingRead();
        CancellationTokenSource? receiving;
        lock (_gate)
            receiving = _isReceiving ? _cancellation : null;
        try
        {
            receiving?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // Another cancelled it first, and the read has heard of that.
        }
    }

    public override void Complete(Exception? exception = null)
    {
        TakeBack();
        _inner.Complete(exception);
    }

    public void Dispose()
    {
        _cancellation.Dispose();
        receiver.Dispose();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> ReceiveAsync(
        Memory<byte> place,
        long expectedBytes,
        CancellationToken cancelled
    )
    {
        Exception? fault = null;
        try
        {
            int received = await receiver.ReceiveAsync(place, expectedBytes, cancelled);
            if (received > 0)
                return Take(place[..received]);
        }
        catch (OperationCanceledException) when (IsCancelled())
        {
            // By CancelPendingRead, which has told the pipe too.
        }
        catch (Exception e)
        {
            fault = e;
        }
        End(fault);
        // Who cancelled, and how the connection ended, the pipe says.
        return await ReadAsync(CancellationToken.None);
    }

    private ReadResult Take(Memory<byte> received)
    {
        Volatile.Write(ref _receivedBytes, _receivedBytes + received.Length);
        TaskCompletionSource<bool>? loop;
        lock (_gate)
        {
            _isReceiving = false;
            _received = received;
            loop = _isWanted ? null : TakeLoop();
        }
        loop?.SetResult(true);
        return new ReadResult(new ReadOnlySequence<byte>(received), isCanceled: false, isCompleted: false);
    }

    private bool IsCancelled()
    {
        lock (_gate)
            return _cancellation.IsCancellationRequested;
    }

    // The receive is over without bytes: the loop hears of an end or a fault, a cancelled read leaves everything as it is.
    private void End(Exception? fault)
    {
        TaskCompletionSource<bool>? loop;
        bool wasCancelled;
        lock (_gate)
        {
            _isReceiving = false;
            wasCancelled = fault is null && _cancellation.IsCancellationRequested;
            if (_cancellation.IsCancellationRequested)
            {
                _cancellation.Dispose();
                _cancellation = new CancellationTokenSource();
            }
            loop = wasCancelled && _isWanted ? null : TakeLoop();
        }
        if (fault is not null)
            loop?.SetException(fault);
        else
            loop?.SetResult(wasCancelled);
    }

    // With the gate held.
    private TaskCompletionSource<bool>? TakeLoop()
    {
        TaskCompletionSource<bool>? loop = _loop;
        _loop = null;
        if (loop is not null)
            receiver.End();
        return loop;
    }
}
