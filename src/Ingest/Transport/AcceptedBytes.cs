namespace Distribution.Ingest.Transport;

/// <summary>The two counters of a connection, and who waits for which stretch.</summary>
internal sealed class AcceptedBytes
{
    private readonly Lock _gate = new();
    private readonly List<Stretch> _stretches = [];
    private TaskCompletionSource? _settled;
    private long _written;
    private long _accepted;
    private bool _closed;

    public long Written => Volatile.Read(ref _written);

    public long Accepted => Volatile.Read(ref _accepted);

    /// <summary>By the application's side; one caller at a time.</summary>
    public void Write(long bytes) => Volatile.Write(ref _written, _written + bytes);

    /// <summary>By the send loop.</summary>
    public void Accept(long bytes)
    {
        if (bytes <= 0)
            return;
        lock (_gate)
        {
            long before = _accepted;
            Volatile.Write(ref _accepted, before + bytes);
            for (int i = 0; i < _stretches.Count; i++)
            {
                Tell(_stretches[i], before, before + bytes);
                if (_stretches[i].End <= _accepted)
                    _stretches.RemoveAt(i--);
            }
            SettleIfDone();
        }
    }

    public void Observe(long start, long length, IAcceptedBytesObserver observer)
    {
        lock (_gate)
        {
            var stretch = new Stretch(start, start + length, observer);
            Tell(stretch, 0, _accepted);
            if (!_closed && stretch.End > _accepted)
                _stretches.Add(stretch);
        }
    }

    /// <summary>The socket will accept nothing more.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            _stretches.Clear();
            SettleIfDone();
        }
    }

    /// <summary>Ends when no stretch is waited for.</summary>
    public Task WhenSettledAsync()
    {
        lock (_gate)
        {
            if (_stretches.Count == 0)
                return Task.CompletedTask;
            _settled ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _settled.Task;
        }
    }

    private void SettleIfDone()
    {
        if (_stretches.Count > 0 || _settled is null)
            return;
        _settled.TrySetResult();
        _settled = null;
    }

    private static void Tell(Stretch stretch, long from, long to)
    {
        long overlap = Math.Min(to, stretch.End) - Math.Max(from, stretch.Start);
        if (overlap > 0)
            stretch.Observer.Accepted(overlap);
    }

    private sealed record Stretch(long Start, long End, IAcceptedBytesObserver Observer);
}
