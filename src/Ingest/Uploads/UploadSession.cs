using System.Diagnostics.CodeAnalysis;
using Distribution.Ingest.Contents;

namespace Distribution.Ingest.Uploads;

/// <summary>
/// An upload in progress as this process knows it: who may touch it. What it has can be had again from the store, so after any fault
/// it is thrown away and opened anew: kill -9 and a full disk take the same way.
/// </summary>
[SuppressMessage(
    "Design",
    "CA1001",
    Justification = "A semaphore without a wait handle holds nothing; late waiters may still ask it."
)]
internal sealed class UploadSession(ContentManifest manifest)
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lock _gate = new();
    private UploadLease? _holder;
    private int _waiting;
    private bool _opened;

    public ContentManifest Manifest { get; } = manifest;

    /// <summary>Of the lease's holder; null until <see cref="OpenAsync"/>.</summary>
    public IContentUpload? Upload { get; private set; }

    /// <summary>Set once all bytes are durable: ends when the file is published.</summary>
    public Task? Publishing { get; set; }

    /// <summary>All bytes are durable.</summary>
    public bool IsReceived => Publishing is not null;

    /// <summary>The torrent is made of them.</summary>
    public bool IsHashed { get; set; }

    /// <summary>When a client last meant to append; null: not since this process started.</summary>
    public DateTimeOffset? TouchedAt { get; set; }

    /// <summary>Set once the upload is cancelled.</summary>
    public bool IsCancelled { get; set; }

    /// <summary>
    /// Waits for the upload and cuts off the request that has it. A client that lost its network comes back long before the server
    /// notices that the old connection is dead, so the newest request is the one that counts. Null: the other did not let go in time.
    /// </summary>
    public async Task<UploadLease?> TakeAsync(TimeSpan patience, CancellationToken cancellation)
    {
        UploadLease? holder;
        lock (_gate)
        {
            _waiting++;
            holder = _holder;
        }
        bool entered = false;
        try
        {
            holder?.Cut();
            entered = await _turn.WaitAsync(patience, cancellation);
        }
        finally
        {
            lock (_gate)
                _waiting--;
        }
        if (!entered)
            return null;
        var lease = new UploadLease(Release);
        bool newerWaits;
        lock (_gate)
        {
            _holder = lease;
            newerWaits = _waiting > 0;
        }
        if (newerWaits)
            lease.Cut();
        return lease;
    }

    /// <summary>Opens the upload. False: the store has none such any more.</summary>
    /// <exception cref="InvalidDataException">The stored upload is damaged.</exception>
    public async Task<bool> OpenAsync(IContentStore store, CancellationToken cancellation)
    {
        if (_opened)
            return true;
        Upload = await store.OpenUploadAsync(Manifest.FileId, cancellation);
        if (Upload is null)
            return false;
        _opened = true;
        return true;
    }

    /// <summary>Forgets all but the store's own truth.</summary>
    public async Task CloseAsync()
    {
        if (!_opened)
            return;
        _opened = false;
        await Upload!.DisposeAsync();
        Upload = null;
    }

    private void Release(UploadLease lease)
    {
        lock (_gate)
        {
            if (_holder == lease)
                _holder = null;
        }
        _turn.Release();
    }
}
