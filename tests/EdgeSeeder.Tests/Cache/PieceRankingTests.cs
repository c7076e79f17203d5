using Distribution.EdgeSeeder.Cache;

namespace Distribution.EdgeSeeder.Tests.Cache;

public sealed class PieceRankingTests
{
    private const int Room = 200;

    private static readonly long _second = TimeSpan.FromSeconds(1).Ticks;

    /// <summary>Keys are pieces of one byte; a trace asks for one a second.</summary>
    private sealed class SmallCache(Func<Dictionary<int, StoredPiece>, IEnumerable<int>> victimsFirst)
    {
        private readonly Dictionary<int, StoredPiece> _stored = [];

        public bool Ask(int piece, long now)
        {
            if (_stored.TryGetValue(piece, out StoredPiece? stored))
            {
                stored.LastUsedTicks = now;
                return true;
            }
            if (_stored.Count == Room)
                _stored.Remove(victimsFirst(_stored).First());
            _stored[piece] = new StoredPiece(1) { FirstUsedTicks = now, LastUsedTicks = now };
            return false;
        }
    }

    private static SmallCache Ours() => new(static stored => PieceRanking.VictimsFirst(stored, Room));

    private static SmallCache Lru() =>
        new(static stored =>
            stored.OrderBy(static piece => piece.Value.LastUsedTicks).Select(static piece => piece.Key)
        );

    /// <summary>Popular pieces by Zipf's law; every third request is somebody who takes a catalogue once.</summary>
    private static double HitRate(SmallCache cache, bool withScan)
    {
        var random = new Random(7);
        double[] weights = [.. Enumerable.Range(1, 400).Select(static rank => 1.0 / rank)];
        double all = weights.Sum();
        int hits = 0;
        int asked = 0;
        for (int second = 0; second < 6000; second++)
        {
            double drawn = random.NextDouble() * all;
            int piece = 0;
            for (; piece < weights.Length - 1 && drawn >= weights[piece]; piece++)
                drawn -= weights[piece];
            bool hit = cache.Ask(piece, second * _second);
            for (int scanned = 0; withScan && scanned < 3; scanned++)
                cache.Ask(10_000 + 3 * second + scanned, second * _second);
            if (second < 2000)
                continue;
            asked++;
            hits += hit ? 1 : 0;
        }
        return (double)hits / asked;
    }

    [Fact]
    public void A_scan_costs_the_popular_pieces_little_where_least_recently_used_loses_them()
    {
        double ours = HitRate(Ours(), withScan: true);
        double lru = HitRate(Lru(), withScan: true);
        TestContext.Current.TestOutputHelper?.WriteLine($"under a scan: {ours:0.000}, least recently used {lru:0.000}");

        Assert.True(ours > lru + 0.1, $"{ours} against {lru}");
        Assert.True(HitRate(Ours(), withScan: false) > HitRate(Lru(), withScan: false) - 0.02);
    }

    [Fact]
    public void What_was_popular_once_does_not_stay_for_ever()
    {
        SmallCache cache = Ours();
        for (int second = 0; second < 100; second++)
        {
            for (int piece = 0; piece < Room; piece++)
                cache.Ask(piece, second * _second);
        }
        for (int second = 1000; second < 1200; second++)
        {
            for (int piece = 1000; piece < 1000 + Room / 2; piece++)
                cache.Ask(piece, second * _second);
        }

        Assert.All(Enumerable.Range(1000, Room / 2), piece => Assert.True(cache.Ask(piece, 1200 * _second)));
    }
}
