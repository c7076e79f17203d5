using Distribution.BitTorrent;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Swarms.Live;
using Distribution.Silos.Tests.Ledgers;

namespace Distribution.Silos.Tests.Swarms.Live;

public sealed class WatchedSwarmsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly InfoHash File = LedgerHarness.HashOf("watched");

    private readonly WatchedSwarms _watched = new();
    private readonly RecordingWatcher _one = new();
    private readonly RecordingWatcher _two = new();

    [Fact]
    public void Only_what_is_new_is_told_and_to_everybody_who_watches()
    {
        _watched.Watch(File, _one, State(1), Noon.AddSeconds(15));
        _watched.Watch(File, _two, State(1), Noon.AddSeconds(15));

        Assert.Empty(_watched.Tell(File, State(1) with { At = Noon.AddSeconds(1) }));
        Assert.Equal([_one, _two], _watched.Tell(File, State(2)));
        Assert.Empty(_watched.Tell(File, State(2)));
        Assert.Equal(
            [_one, _two],
            _watched.Tell(File, State(2) with { LeechersByTenth = [0, 0, 0, 0, 0, 0, 0, 0, 0, 1] })
        );
        Assert.Empty(_watched.Tell(LedgerHarness.HashOf("another"), State(3)));
    }

    [Fact]
    public void Who_does_not_come_back_is_forgotten()
    {
        _watched.Watch(File, _one, State(1), Noon.AddSeconds(15));
        _watched.Watch(File, _two, State(1), Noon.AddSeconds(15));
        _watched.Watch(File, _one, State(1), Noon.AddSeconds(20));
        Assert.Equal(2, _watched.Watchers);

        _watched.Expire(Noon.AddSeconds(15));
        Assert.Equal([_one], _watched.Tell(File, State(2)));

        _watched.Expire(Noon.AddSeconds(20));
        Assert.Equal(0, _watched.Watchers);
        Assert.Empty(_watched.InfoHashes);
        Assert.Empty(_watched.Tell(File, State(3)));
    }

    [Fact]
    public void One_swarm_has_a_bounded_number_of_watchers()
    {
        for (int i = 0; i < WatchedSwarms.MostWatchers + 1; i++)
            _watched.Watch(File, new RecordingWatcher(), State(1), Noon.AddSeconds(15));
        _watched.Watch(LedgerHarness.HashOf("another"), _one, State(1), Noon.AddSeconds(15));

        Assert.Equal(WatchedSwarms.MostWatchers + 1, _watched.Watchers);
        Assert.Equal(WatchedSwarms.MostWatchers, _watched.Tell(File, State(2)).Count);
    }

    private static SwarmLive State(int seeders) =>
        new(new SwarmSnapshot(seeders, 0, 0, 0, seeders, 0, 0, 0), 0, new int[SwarmLive.Tenths], null, Noon);
}
