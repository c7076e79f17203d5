using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Distribution.Ingest.Transport;

/// <summary>
/// The input as the application sees it. It knows whether the application has seen all that was received, because a pipe that is
/// completed before hides the rest from an HTTP body: the last bytes of an upload that broke off would be lost.
/// </summary>
internal sealed class TrackingPipeReader(PipeReader inner) : PipeReader
{
    private readonly Lock _gate = new();
    private ReadOnlySequence<byte> _lent;
    private long _consumed;
    private long _examined;
    private bool _completed;
    private long _awaited = long.MaxValue;
    private TaskCompletionSource? _seen;

    /// <summary>How far the application has looked, in bytes from the connection's start.</summary>
    public long Examined
    {
        get
        {
            lock (_gate)
                return _examined;
        }
    }

    /// <summary>Ends when the application has looked at everything below <paramref name="position"/>, or has done with the input.</summary>
    public Task WhenExaminedAsync(long position)
    {
        lock (_gate)
        {
            if (_completed || _examined >= position)
                return Task.CompletedTask;
            _awaited = position;
            _seen ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _seen.Task;
        }
    }

    public override bool TryRead(out ReadResult result)
    {
        bool read = inner.TryRead(out result);
        if (read)
            _lent = result.Buffer;
        return read;
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        ValueTask<ReadResult> read = inner.ReadAsync(cancellationToken);
        if (!read.IsCompletedSuccessfully)
            return AwaitedAsync(read);
        ReadResult result = read.GetAwaiter().GetResult();
        _lent = result.Buffer;
        return ValueTask.FromResult(result);
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        long start = _lent.GetOffset(_lent.Start);
        long consumedBytes = _lent.GetOffset(consumed) - start;
        long examinedBytes = _lent.GetOffset(examined) - start;
        _lent = default;
        inner.AdvanceTo(consumed, examined);
        lock (_gate)
        {
            _examined = Math.Max(_examined, _consumed + examinedBytes);
            _consumed += consumedBytes;
            if (_examined >= _awaited)
                _seen?.TrySetResult();
        }
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null)
    {
        inner.Complete(exception);
        lock (_gate)
        {
            _completed = true;
            _seen?.TrySetResult();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> AwaitedAsync(ValueTask<ReadResult> read)
    {
        ReadResult result = await read;
        _lent = result.Buffer;
        return result;
    }
}
