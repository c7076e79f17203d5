using System.Collections.Concurrent;
using Distribution.Ingest.Contents;
using Distribution.Ingest.Imports;

namespace Distribution.Ingest.Tests.Hosting;

/// <summary>A source that a test can hold at a byte, and whose attempts it can see.</summary>
internal sealed class StoppableSource(ISourceReader inner, long stopAt = long.MaxValue) : ISourceReader
{
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ContentSourceKind Kind => inner.Kind;

    /// <summary>Ends when all bytes before the stop have been asked for.</summary>
    public Task Stopped => _stopped.Task;

    /// <summary>Where each attempt began.</summary>
    public ConcurrentQueue<long> Offsets { get; } = new();

    public async Task<Stream> OpenAsync(ContentManifest manifest, long offset, CancellationToken cancellation)
    {
        Offsets.Enqueue(offset);
        return new StoppableStream(this, await inner.OpenAsync(manifest, offset, cancellation), stopAt - offset);
    }

    private sealed class StoppableStream(StoppableSource source, Stream inner, long left) : ReadOnlyStream
    {
        private long _left = left;

        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer,
            CancellationToken cancellationToken = default
        )
        {
            if (_left <= 0)
            {
                source._stopped.TrySetResult();
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }
            int read = await inner.ReadAsync(buffer[..(int)Math.Min(buffer.Length, _left)], cancellationToken);
            _left -= read;
            return read;
        }

        public override async ValueTask DisposeAsync()
        {
            await inner.DisposeAsync();
            await base.DisposeAsync();
        }
    }
}
