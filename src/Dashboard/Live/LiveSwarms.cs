using Distribution.BitTorrent;
using Distribution.Contracts.Swarms;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Distribution.Dashboard.Live;

/// <summary>
/// The swarms that are watched through this server. However many watch one, the swarm's grain hears of one watcher, which renews its lease
/// every few seconds. The renewal is also how it finds a swarm whose silo died, and how it notices that nobody watches any more.
/// </summary>
internal sealed partial class LiveSwarms : ISwarmWatcher
{
    private static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(5);

    /// <summary>Two renewals may fail before the swarm forgets this server.</summary>
    private const int LeaseSeconds = 15;

    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly IGrainFactory _grains;
    private readonly DashboardOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger<LiveSwarms> _logger;
    private readonly CancellationToken _stopping;
    private readonly Lazy<ISwarmWatcher> _here;
    private readonly Lock _gate = new();
    private readonly Dictionary<InfoHash, LiveSwarm> _swarms = [];
    private int _viewers;

    public LiveSwarms(
        IGrainFactory grains,
        DashboardOptions options,
        TimeProvider clock,
        IHostApplicationLifetime lifetime,
        ILogger<LiveSwarms> logger
    )
    {
        _grains = grains;
        _options = options;
        _clock = clock;
        _logger = logger;
        _stopping = lifetime.ApplicationStopping;
        // Orleans can make a reference only once the silo runs.
        _here = new Lazy<ISwarmWatcher>(() => grains.CreateObjectReference<ISwarmWatcher>(this));
        lifetime.ApplicationStopping.Register(EndAll);
    }

    /// <summary>Takes a place; whoever has one gives it back by <see cref="Leave"/>. Null: <paramref name="refusal"/> says why.</summary>
    public LiveSwarm? TryJoin(in InfoHash infoHash, out LiveRefusal refusal)
    {
        refusal = LiveRefusal.ServerIsFull;
        lock (_gate)
        {
            if (_stopping.IsCancellationRequested || _viewers >= _options.MaxLiveViewers)
                return null;
            bool isNew = !_swarms.TryGetValue(infoHash, out LiveSwarm? swarm);
            swarm ??= _swarms[infoHash] = new LiveSwarm(infoHash);
            if (swarm.Viewers >= _options.MaxLiveViewersPerFile)
            {
                refusal = LiveRefusal.FileIsFull;
                return null;
            }
            swarm.Viewers++;
            _viewers++;
            if (isNew)
                _ = FollowAsync(swarm);
            return swarm;
        }
    }

    public void Leave(LiveSwarm swarm)
    {
        lock (_gate)
        {
            swarm.Viewers--;
            _viewers--;
        }
    }

    public Task ShowAsync(InfoHash infoHash, SwarmLive state)
    {
        LiveSwarm? swarm;
        lock (_gate)
            swarm = _swarms.GetValueOrDefault(infoHash);
        swarm?.Show(state);
        return Task.CompletedTask;
    }

    private async Task FollowAsync(LiveSwarm swarm)
    {
        // Not under the caller's lock.
        await Task.Yield();
        ISwarmGrain grain = _grains.GetGrain<ISwarmGrain>(swarm.InfoHash.ToString());
        try
        {
            do
            {
                bool isHeard = false;
                try
                {
                    SwarmLive? state = await grain
                        .WatchAsync(_here.Value, LeaseSeconds)
                        .WaitAsync(Patience, _clock, _stopping);
                    if (state is null)
                    {
                        Forget(swarm);
                        swarm.Close();
                        return;
                    }
                    swarm.Show(state);
                    isHeard = true;
                }
#pragma warning disable CA1031 // whatever it is: the viewers stay, and it is tried again
                catch (Exception fault) when (!_stopping.IsCancellationRequested)
#pragma warning restore CA1031
                {
                    LogSilent(fault, swarm.InfoHash);
                    swarm.Beat();
                }
                await Task.Delay(isHeard ? RenewEvery : TryAgainAfter, _clock, _stopping);
            } while (IsWanted(swarm));
        }
        catch (OperationCanceledException) { }
    }

    /// <summary>False: nobody watches any more, and the swarm is forgotten; its grain forgets us when the lease ends.</summary>
    private bool IsWanted(LiveSwarm swarm)
    {
        lock (_gate)
            return swarm.Viewers > 0 || !_swarms.Remove(swarm.InfoHash);
    }

    private void Forget(LiveSwarm swarm)
    {
        lock (_gate)
            _swarms.Remove(swarm.InfoHash);
    }

    private void EndAll()
    {
        LiveSwarm[] all;
        lock (_gate)
            all = [.. _swarms.Values];
        foreach (LiveSwarm swarm in all)
            swarm.End();
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "The swarm {InfoHash} that is watched does not answer.")]
    private partial void LogSilent(Exception fault, InfoHash infoHash);
}
