using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Distribution.BitTorrent.Hashing;

/// <summary>
/// Whether messages of one hash are faster side by side than one after another, and in how wide vectors: tried once, on the processor
/// that runs, because what SHA instructions and vectors are worth differs from one to the next.
/// </summary>
internal sealed class LaneChoice
{
    // A try takes some microseconds; the shortest of several is the one that nothing interrupted.
    private const int Tries = 8;
    private const int TriedBytes = 2048;

    private static readonly Lazy<LaneChoice> Sha1 = new(static () => Measure(ResumableHashKind.Sha1));
    private static readonly Lazy<LaneChoice> Sha256 = new(static () => Measure(ResumableHashKind.Sha256));

    // The best for so many messages; null: one after another.
    private readonly LaneCompression?[] _best = new LaneCompression?[LaneCompression.MaxLanes + 1];

    /// <param name="singleTime">What a message takes by itself.</param>
    /// <param name="wide">What a run of each takes, in the same unit, however many of its lanes are used.</param>
    internal LaneChoice(double singleTime, params IEnumerable<(LaneCompression Lanes, double Time)> wide)
    {
        for (int messages = 2; messages < _best.Length; messages++)
        {
            double fastest = 1 / singleTime;
            foreach ((LaneCompression lanes, double time) in wide)
            {
                double rate = Math.Min(messages, lanes.Lanes) / time;
                if (rate > fastest)
                    (fastest, _best[messages]) = (rate, lanes);
            }
        }
    }

    /// <summary>So many messages are best hashed at a time; 1 where side by side gains nothing.</summary>
    public int Lanes => _best[^1]?.Lanes ?? 1;

    /// <summary>The choice for this hash; the first call takes some milliseconds.</summary>
    public static LaneChoice Of(ResumableHashKind kind) => kind == ResumableHashKind.Sha1 ? Sha1.Value : Sha256.Value;

    /// <summary>How to go on with so many messages; null: one after another.</summary>
    public LaneCompression? For(int messages) => _best[Math.Min(messages, LaneCompression.MaxLanes)];

    private static LaneChoice Measure(ResumableHashKind kind)
    {
        byte[] sample = new byte[LaneCompression.MaxLanes * TriedBytes];
        return new LaneChoice(
            TimeOf(() => CompressOne(kind, sample.AsSpan(0, TriedBytes))),
            LaneCompression.Supported.Select(lanes => (lanes, TimeOf(() => CompressSample(lanes, kind, sample))))
        );
    }

    private static double TimeOf(Action action)
    {
        action();
        long shortest = long.MaxValue;
        for (int i = 0; i < Tries; i++)
        {
            long started = Stopwatch.GetTimestamp();
            action();
            shortest = Math.Min(shortest, Stopwatch.GetTimestamp() - started);
        }
        return Math.Max(1, shortest);
    }

    private static void CompressOne(ResumableHashKind kind, ReadOnlySpan<byte> message)
    {
        Span<uint> words = stackalloc uint[Compression.Sha256Words];
        if (kind == ResumableHashKind.Sha1)
            Compression.Best.Sha1(words[..Compression.Sha1Words], message);
        else
            Compression.Best.Sha256(words, message);
    }

    [SkipLocalsInit]
    private static unsafe void CompressSample(LaneCompression lanes, ResumableHashKind kind, byte[] sample)
    {
        var room = new LaneWords();
        byte** messages = stackalloc byte*[LaneCompression.MaxLanes];
        fixed (byte* start = sample)
        {
            for (int i = 0; i < lanes.Lanes; i++)
                messages[i] = start + i * TriedBytes;
            lanes.Compress(kind, room.Align(), messages, TriedBytes);
        }
    }
}
