using System.Diagnostics.Metrics;
using Distribution.BitTorrent;
using Distribution.Contracts.Files;
using Distribution.Contracts.Swarms;
using Distribution.Contracts.Telemetry;
using Distribution.Silos.Tests.Announces;
using Distribution.Silos.Tests.Hosting;
using Distribution.Silos.Tests.Ledgers;
using Microsoft.Extensions.DependencyInjection;

namespace Distribution.Silos.Tests.Swarms.Live;

/// <summary>Watching a swarm by its grain, with announces as they come over the network.</summary>
[Collection(SiloCollection.Name)]
public sealed class LiveShardTests(SiloFixture silo) : IDisposable
{
    private const int LongLeaseSeconds = 600;

    private readonly RecordingWatcher _watcher = new();
    private readonly MeterListener _listener = new();
    private readonly TaskCompletionSource _forgotten = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ISwarmWatcher? _reference;
    private long _states;
    private long _watchers;

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task A_watcher_hears_of_changes_gathered_and_nobody_else_costs_anything()
    {
        InfoHash file = (await silo.Host.PublishAsync("live")).Content!.InfoHash;
        ISwarmGrain swarm = silo.Host.Grains.GetGrain<ISwarmGrain>(file.ToString());
        Listen();
        using var viewers = new UdpTrackerClient(silo.Host.UdpEndpoint);
        await viewers.ConnectAsync();
        for (int i = 0; i < 100; i++)
            await viewers.AnnounceAsync(file, $"early-{i}", (ushort)(2000 + i), SiloHost.Size);
        Assert.Equal(0, Interlocked.Read(ref _states));

        SwarmLive? first = await swarm.WatchAsync(Reference(), LongLeaseSeconds);
        Assert.Equal(100, first!.Now.Leechers);
        Assert.Equal([100, 0, 0, 0, 0, 0, 0, 0, 0, 0], first.LeechersByTenth);
        long startedAt = TimeProvider.System.GetTimestamp();
        for (int i = 0; i < 100; i++)
            await viewers.AnnounceAsync(file, $"late-{i}", (ushort)(3000 + i), SiloHost.Size / 2);
        (SwarmLive all, int before) = await _watcher.UntilAsync(static state => state.Now.Leechers == 200);

        Assert.Equal([100, 0, 0, 0, 0, 100, 0, 0, 0, 0], all.LeechersByTenth);
        double seconds = TimeProvider.System.GetElapsedTime(startedAt).TotalSeconds;
        // One a second, whatever came: two more where a tick came late and the next in time.
        Assert.InRange(before, 0, (int)seconds + 2);
        Assert.InRange(Interlocked.Read(ref _states), 2, 1 + (int)seconds + 3);

        // A lease that is over already: it is forgotten at the next tick.
        Assert.NotNull(await swarm.WatchAsync(Reference(), leaseSeconds: 0));
        await _forgotten.Task.WaitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_watcher_that_does_not_come_back_is_forgotten_and_then_nothing_is_looked_at()
    {
        InfoHash file = (await silo.Host.PublishAsync("live-dead")).Content!.InfoHash;
        ISwarmGrain swarm = silo.Host.Grains.GetGrain<ISwarmGrain>(file.ToString());
        Listen();

        Assert.NotNull(await swarm.WatchAsync(Reference(), leaseSeconds: 2));
        Assert.Equal(1, Interlocked.Read(ref _watchers));
        await _forgotten.Task.WaitAsync(TestContext.Current.CancellationToken);

        long looked = Interlocked.Read(ref _states);
        int shown = _watcher.Waiting;
        using var viewer = new UdpTrackerClient(silo.Host.UdpEndpoint);
        await viewer.ConnectAsync();
        for (int i = 0; i < 20; i++)
            await viewer.AnnounceAsync(file, $"after-{i}", (ushort)(4000 + i), SiloHost.Size);
        Assert.Equal(looked, Interlocked.Read(ref _states));
        Assert.Equal(shown, _watcher.Waiting);
    }

    [Fact]
    public async Task A_swarm_that_is_not_open_cannot_be_watched()
    {
        InfoHash file = (await silo.Host.PublishAsync("live-closed")).Content!.InfoHash;
        ISwarmGrain swarm = silo.Host.Grains.GetGrain<ISwarmGrain>(file.ToString());
        Assert.NotNull(await swarm.GetLiveAsync());
        Listen();

        await silo.Host.Grains.GetGrain<IPublishedFileGrain>("live-closed").UnpublishAsync();

        Assert.Null(await swarm.GetLiveAsync());
        Assert.Null(await swarm.WatchAsync(Reference(), LongLeaseSeconds));
        Assert.Null(
            await silo
                .Host.Grains.GetGrain<ISwarmGrain>(LedgerHarness.HashOf("never").ToString())
                .WatchAsync(Reference(), LongLeaseSeconds)
        );
        Assert.Equal(0, Interlocked.Read(ref _watchers));
    }

    // The reference leads to the watcher only while somebody else holds it, which this test does.
    private ISwarmWatcher Reference() => _reference ??= silo.Host.Grains.CreateObjectReference<ISwarmWatcher>(_watcher);

    /// <summary>To this silo's instruments alone.</summary>
    private void Listen()
    {
        IMeterFactory meters = silo.Host.Services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, self) =>
        {
            if (
                instrument.Meter.Scope == meters
                && instrument.Name is TelemetryNames.LiveStates or TelemetryNames.LiveWatchers
            )
                self.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>(
            (instrument, value, _, _) =>
            {
                if (instrument.Name == TelemetryNames.LiveStates)
                    Interlocked.Add(ref _states, value);
                else if (Interlocked.Add(ref _watchers, value) == 0)
                    _forgotten.TrySetResult();
            }
        );
        _listener.Start();
    }
}
