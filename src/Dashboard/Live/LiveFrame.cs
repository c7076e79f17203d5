namespace Distribution.Dashboard.Live;

/// <summary>One link of what a swarm's viewers are sent; each goes from the one it has to the newest, so a slow one leaves out the rest.</summary>
/// <param name="state">The swarm's state as an event (empty: none came yet); the same as in the frame before where there is no news.</param>
/// <param name="isLast">Nothing follows: the swarm is closed, or this server stops.</param>
internal sealed class LiveFrame(ReadOnlyMemory<byte> state, bool isLast = false)
{
    private readonly TaskCompletionSource _followed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ReadOnlyMemory<byte> State => state;

    public bool IsLast => isLast;

    /// <summary>Completes when it is no longer the newest.</summary>
    public Task Followed => _followed.Task;

    public void SetFollowed() => _followed.SetResult();
}
