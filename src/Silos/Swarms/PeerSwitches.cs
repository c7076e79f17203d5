using System.Collections.Frozen;
using Distribution.Contracts.Swarms;

namespace Distribution.Silos.Swarms;

/// <summary>The operator's <see cref="PeerSwitch"/> as this silo's swarms ask for it with each announce. Any thread.</summary>
/// <param name="read">From the store; null: nothing is ever switched off.</param>
public sealed class PeerSwitches(Func<Task<PeerSwitch>>? read = null) : IDisposable
{
    private readonly SemaphoreSlim _following = new(1, 1);
    private volatile State _now = new(false, FrozenSet<string>.Empty, new PeerSwitch(false, []));

    public PeerSwitch Now => _now.Switch;

    public bool IsOffFor(string publisherId)
    {
        State now = _now;
        return now.All || (now.Publishers.Count > 0 && now.Publishers.Contains(publisherId));
    }

    /// <summary>Takes over what the store says.</summary>
    /// <exception cref="Distribution.Silos.State.StateUnavailableException">Nothing changed here.</exception>
    public async Task FollowAsync()
    {
        if (read is null)
            return;
        // One at a time, so that an older answer never follows a newer one.
        await _following.WaitAsync();
        try
        {
            PeerSwitch next = await read();
            _now = new State(next.IsOffForAll, next.PublishersOff.ToFrozenSet(StringComparer.Ordinal), next);
        }
        finally
        {
            _following.Release();
        }
    }

    public void Dispose() => _following.Dispose();

    private sealed record State(bool All, FrozenSet<string> Publishers, PeerSwitch Switch);
}
