using System.Runtime.Intrinsics.X86;

namespace Distribution.BitTorrent.Hashing;

/// <summary>
/// Whether messages of one hash are faster side by side than one after another, and in how wide vectors. A rule by what the processor has,
/// in times of one message by its SHA instructions as they were measured (docs/benchmarks, ingest): it decides the same in every process.
/// </summary>
internal sealed class LaneChoice
{
    private const int ShaLeaf = 7;
    private const int ShaBit = 29; // of EBX

    // A run of sixteen lanes, of eight with AVX-512's shorter ways, and of eight with AVX2 alone.
    private static readonly (double Wide, double Narrow, double Old) Sha1Times = (5.2, 3.2, 3.7);
    private static readonly (double Wide, double Narrow, double Old) Sha256Times = (8.4, 4.8, 7.5);

    // A message without SHA instructions, which vectors do not need: by OpenSSL's other code.
    private const double Sha1Unaided = 2;
    private const double Sha256Unaided = 3.5;

    private static readonly LaneChoice Sha1 = new(HasSha() ? 1 : Sha1Unaided, TimesOf(Sha1Times));
    private static readonly LaneChoice Sha256 = new(HasSha() ? 1 : Sha256Unaided, TimesOf(Sha256Times));

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

    public static LaneChoice Of(ResumableHashKind kind) => kind == ResumableHashKind.Sha1 ? Sha1 : Sha256;

    /// <summary>How to go on with so many messages; null: one after another.</summary>
    public LaneCompression? For(int messages) => _best[Math.Min(messages, LaneCompression.MaxLanes)];

    private static bool HasSha() =>
        Compression.Best is LibcryptoCompression
        && X86Base.IsSupported
        && X86Base.CpuId(0, 0).Eax >= ShaLeaf
        && (X86Base.CpuId(ShaLeaf, 0).Ebx >> ShaBit & 1) != 0;

    private static IEnumerable<(LaneCompression Lanes, double Time)> TimesOf(
        (double Wide, double Narrow, double Old) times
    ) =>
        LaneCompression.Supported.Select(lanes =>
            (
                lanes,
                lanes.Lanes == Lanes512.Count ? times.Wide
                : Avx512F.VL.IsSupported ? times.Narrow
                : times.Old
            )
        );
}
