using System.Collections.Concurrent;
using System.Threading.Channels;
using Distribution.BitTorrent;
using Distribution.Contracts.Swarms;

namespace Distribution.Dashboard.Tests.Hosting;

/// <summary>What the test swarms' grains know of those who watch; tests wait for it and show them something.</summary>
public sealed class WatchedSwarms
{
    private readonly ConcurrentDictionary<string, ISwarmWatcher> _watchers = new();
    private readonly ConcurrentDictionary<string, Channel<ISwarmWatcher>> _calls = new();

    /// <summary>How each was shown last; others are made from their snapshot.</summary>
    public ConcurrentDictionary<string, SwarmLive> Shown { get; } = new();

    /// <summary>Here: calls of this swarm fail.</summary>
    public ConcurrentDictionary<string, bool> Away { get; } = new();

    public static SwarmLive Live(SwarmSnapshot now, int browsers = 0, params int[] tenths) =>
        new(
            now,
            browsers,
            tenths.Length == 0 ? new int[SwarmLive.Tenths] : tenths,
            0.25,
            new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero)
        );

    /// <summary>Each call of the watching, with who made it, in order.</summary>
    public ChannelReader<ISwarmWatcher> CallsOf(InfoHash infoHash) => ChannelOf(infoHash.ToString()).Reader;

    /// <summary>Tells whoever watches.</summary>
    public Task ShowAsync(InfoHash infoHash, SwarmLive state)
    {
        Shown[infoHash.ToString()] = state;
        return _watchers.TryGetValue(infoHash.ToString(), out ISwarmWatcher? watcher)
            ? watcher.ShowAsync(infoHash, state)
            : Task.CompletedTask;
    }

    internal SwarmLive? FindLive(string infoHash, ConcurrentDictionary<string, SwarmSnapshot> snapshots) =>
        Shown.GetValueOrDefault(infoHash)
        ?? (snapshots.TryGetValue(infoHash, out SwarmSnapshot? now) ? Live(now) : null);

    internal SwarmLive? Watch(
        string infoHash,
        ISwarmWatcher watcher,
        ConcurrentDictionary<string, SwarmSnapshot> snapshots
    )
    {
        ChannelOf(infoHash).Writer.TryWrite(watcher);
        if (Away.ContainsKey(infoHash))
            throw new InvalidOperationException("The swarm's silo is gone.");
        _watchers[infoHash] = watcher;
        return FindLive(infoHash, snapshots);
    }

    private Channel<ISwarmWatcher> ChannelOf(string infoHash) =>
        _calls.GetOrAdd(infoHash, static _ => Channel.CreateUnbounded<ISwarmWatcher>());
}
