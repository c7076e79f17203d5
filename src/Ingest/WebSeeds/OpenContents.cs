using System.Collections.Concurrent;
using Distribution.Ingest.Contents;

namespace Distribution.Ingest.WebSeeds;

/// <summary>
/// Readers of the files that are being served. One stays open for a few seconds after its last use, because clients come back for the
/// next range at once, and opening costs as much as sending a small one.
/// </summary>
internal sealed class OpenContents : IDisposable
{
    private const int MaxKept = 512;

    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, ContentLease.Shared> _open = new(StringComparer.Ordinal);
    private readonly IContentStore _store;
    private readonly ITimer _sweep;

    public OpenContents(IContentStore store, TimeProvider clock)
    {
        _store = store;
        _sweep = clock.CreateTimer(_ => Sweep(), null, SweepInterval, SweepInterval);
    }

    /// <summary>Null: it is not open. Dispose the lease; the reader in it is shared.</summary>
    public ContentLease? TryLease(string fileId) =>
        _open.TryGetValue(fileId, out ContentLease.Shared? shared) ? shared.TryLease() : null;

    /// <summary>Null: the store has no whole file of that id. Dispose the lease; the reader in it is shared.</summary>
    public ValueTask<ContentLease?> OpenAsync(string fileId, CancellationToken cancellation) =>
        _open.TryGetValue(fileId, out ContentLease.Shared? shared) && shared.TryLease() is { } lease
            ? ValueTask.FromResult<ContentLease?>(lease)
            : OpenNewAsync(fileId, cancellation);

    public void Dispose()
    {
        _sweep.Dispose();
        foreach (string fileId in _open.Keys)
            Forget(fileId);
    }

    private async ValueTask<ContentLease?> OpenNewAsync(string fileId, CancellationToken cancellation)
    {
        IContentReader? reader = await _store.OpenAsync(fileId, cancellation);
        if (reader is null)
            return null;
        var made = new ContentLease.Shared(reader);
        ContentLease lease = made.TryLease()!.Value;
        // The one that is not kept closes with its only lease.
        if (_open.Count >= MaxKept || !_open.TryAdd(fileId, made))
            made.Release();
        return lease;
    }

    private void Sweep()
    {
        foreach ((string fileId, ContentLease.Shared shared) in _open)
            if (!shared.WasUsed())
                Forget(fileId);
    }

    private void Forget(string fileId)
    {
        if (_open.TryRemove(fileId, out ContentLease.Shared? shared))
            shared.Release();
    }
}
