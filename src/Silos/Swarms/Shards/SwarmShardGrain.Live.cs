using Distribution.BitTorrent;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Swarms.Live;
using Distribution.Silos.Traffic;

namespace Distribution.Silos.Swarms.Shards;

/// <summary>
/// Those who watch its swarms: once a second it looks at the swarms that are watched, and tells what has changed. While there are none there
/// is no timer either.
/// </summary>
internal sealed partial class SwarmShardGrain : ILiveShardGrain
{
    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(1);

    private readonly WatchedSwarms _watched = new();
    private IGrainTimer? _telling;

    public async ValueTask<SwarmLive?> ReadLiveAsync(InfoHash infoHash) =>
        await FindOrAskAsync(infoHash) is null ? null : await LookAsync(infoHash);

    public async ValueTask<SwarmLive?> WatchAsync(InfoHash infoHash, ISwarmWatcher watcher, int leaseSeconds)
    {
        if (await ReadLiveAsync(infoHash) is not { } state)
            return null;
        int before = _watched.Watchers;
        _watched.Watch(infoHash, watcher, state, _clock.GetUtcNow().AddSeconds(leaseSeconds));
        _metrics.CountLiveWatchers(_watched.Watchers - before);
        _telling ??= this.RegisterGrainTimer(
            _ => TellAsync(),
            new GrainTimerCreationOptions(TellEvery, TellEvery) { Interleave = true }
        );
        return state;
    }

    private async Task TellAsync()
    {
        int before = _watched.Watchers;
        _watched.Expire(_clock.GetUtcNow());
        _metrics.CountLiveWatchers(_watched.Watchers - before);
        if (_watched.Watchers == 0)
        {
            _telling?.Dispose();
            _telling = null;
            return;
        }
        // Side by side: another silo that is asked for its traffic may be slow to answer.
        await Task.WhenAll(_watched.InfoHashes.Select(TellAsync).ToArray());
    }

    private async Task TellAsync(InfoHash infoHash)
    {
        if (await LookAsync(infoHash) is not { } state)
            return;
        foreach (ISwarmWatcher watcher in _watched.Tell(infoHash, state))
            _ = TellAsync(watcher, infoHash, state);
    }

    private static async Task TellAsync(ISwarmWatcher watcher, InfoHash infoHash, SwarmLive state)
    {
        try
        {
            await watcher.ShowAsync(infoHash, state);
        }
#pragma warning disable CA1031 // nobody waits for it: a watcher that is gone does not come back, and its lease ends
        catch (Exception)
#pragma warning restore CA1031
        { }
    }

    /// <summary>Null: the swarm is not here.</summary>
    private async ValueTask<SwarmLive?> LookAsync(InfoHash infoHash)
    {
        TrafficRates rates = await _news.ReadTrafficAsync(infoHash);
        lock (_shard.Gate)
        {
            if (_shard.Find(infoHash) is not { } swarm)
                return null;
            _metrics.CountLiveState();
            return swarm.Live(rates);
        }
    }

    private void ForgetWatchers()
    {
        _metrics.CountLiveWatchers(-_watched.Watchers);
        _watched.Clear();
    }
}
