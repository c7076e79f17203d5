namespace Distribution.Ingest.Uploads;

/// <summary>The right to touch an upload; see <see cref="UploadSession.TakeAsync"/>.</summary>
internal sealed class UploadLease(Action<UploadLease> release) : IDisposable
{
    // Never disposed: whoever takes over may cancel it late, and without timers there is nothing to free.
    private readonly CancellationTokenSource _takenOver = new();

    /// <summary>Cancelled when another request waits for the upload: save what there is and let go.</summary>
    public CancellationToken TakenOver => _takenOver.Token;

    public void Cut() => _takenOver.Cancel();

    public void Dispose() => release(this);
}
