using System.Diagnostics.CodeAnalysis;
using Distribution.Contracts.Ledgers.Chain;
using Distribution.Contracts.Reports;
using Distribution.Silos.Reports;

namespace Distribution.Silos.Ledgers.Chain;

/// <summary>
/// Recomputes savings reports from the entries of an export: for all files, and for each. Memory grows with the number of files, of buckets
/// and of distinct viewers, not with that of entries.
/// </summary>
/// <param name="from">Unix time, a full hour, inclusive.</param>
/// <param name="to">Likewise, exclusive.</param>
/// <param name="fileId">Null: all files.</param>
public sealed class ChainReport(long from, long to, string? fileId, ReportBucketSize bucket)
{
    private const int DaySeconds = 86_400;

    private readonly Dictionary<string, int> _files = [];
    private readonly List<FileSums> _sums = [];
    private readonly SortedDictionary<long, ReportBytes> _buckets = [];
    private readonly Dictionary<(int File, UInt128 Name), Hours> _viewers = [];
    private long _first = long.MaxValue;
    private long _last;

    /// <summary>The files that the range has anything of, in the order of their ids.</summary>
    public IReadOnlyList<string> FileIds => [.. _files.Keys.Order(StringComparer.Ordinal)];

    /// <param name="isComplete">All entries of that hour are told; where they are not, it is not in the range.</param>
    /// <param name="problem">Set where the entry contradicts those before.</param>
    internal bool Add(ChainHour entry, bool isComplete, [NotNullWhen(false)] out string? problem)
    {
        problem = null;
        if (
            !isComplete
            || entry.HourStart < from
            || entry.HourStart >= to
            || fileId is not null && fileId != entry.FileId
        )
            return true;
        if (!_files.TryGetValue(entry.FileId, out int file))
        {
            _files[entry.FileId] = file = _sums.Count;
            _sums.Add(new FileSums());
        }
        _first = Math.Min(_first, entry.HourStart);
        _last = Math.Max(_last, entry.HourStart);
        FileSums sums = _sums[file];
        sums.Bytes = Plus(sums.Bytes, entry.Figures);
        int width = bucket == ReportBucketSize.Day ? DaySeconds : HourTable.HourSeconds;
        long start = entry.HourStart - entry.HourStart % width;
        // Hours in which nothing but viewers are known have no bucket, in the server's report neither.
        if (entry.Figures != default)
            _buckets[start] = Plus(_buckets.GetValueOrDefault(start) ?? new ReportBytes(), entry.Figures);
        foreach (ChainViewer viewer in entry.Viewers)
        {
            if (!Count(sums, (file, viewer.Name), viewer))
            {
                problem = "a viewer leaves an hour in which no entry has it";
                return false;
            }
        }
        return true;
    }

    /// <summary>The report of one file, without buckets, or of all that were asked for.</summary>
    /// <exception cref="OverflowException">Such prices and bytes make no sum of money.</exception>
    public SavingsReport Build(PriceOptions prices, string? one = null)
    {
        IReadOnlyList<FileSums> counted = one is null ? _sums : [_sums[_files[one]]];
        ReportBytes bytes = counted.Aggregate(new ReportBytes(), static (sum, file) => Plus(sum, file.Bytes));
        bool isEmpty = _first == long.MaxValue;
        return new SavingsReport(
            Time(from > 0 || isEmpty ? from : _first),
            Time(
                to < long.MaxValue ? to
                : isEmpty ? from
                : _last + HourTable.HourSeconds
            ),
            prices.Currency,
            bytes,
            counted.Sum(static file => file.Viewers),
            counted.Sum(static file => file.DownloadOnlyViewers),
            ReportPricing.Price(bytes, prices),
            one is null ? [.. _buckets.Select(static pair => new ReportBucket(Time(pair.Key), pair.Value))] : []
        );
    }

    /// <summary>False: it would be in fewer than no hours.</summary>
    private bool Count(FileSums sums, (int File, UInt128 Name) key, in ChainViewer viewer)
    {
        Hours before = _viewers.GetValueOrDefault(key);
        var after = new Hours(
            before.Got + Change(viewer, ChainPresence.Got),
            before.Gave + Change(viewer, ChainPresence.Gave)
        );
        if (after.Got < 0 || after.Gave < 0)
            return false;
        if (after == default)
            _viewers.Remove(key);
        else
            _viewers[key] = after;
        sums.Viewers += (after.Got > 0 ? 1 : 0) - (before.Got > 0 ? 1 : 0);
        sums.DownloadOnlyViewers += (after.IsDownloadOnly ? 1 : 0) - (before.IsDownloadOnly ? 1 : 0);
        return true;
    }

    private static int Change(in ChainViewer viewer, ChainPresence what) =>
        (viewer.After.HasFlag(what) ? 1 : 0) - (viewer.Before.HasFlag(what) ? 1 : 0);

    private static ReportBytes Plus(ReportBytes sum, in ChainFigures more) =>
        Plus(
            sum,
            new ReportBytes
            {
                Delivered = new ByteRange(more.Low, more.High),
                WebSeedBytes = more.WebSeed + more.Direct,
                DirectBytes = more.Direct,
                EdgeBytes = more.Edge,
                EdgeFillBytes = more.EdgeFill,
                ViewerUploadBytes = more.ViewerUpload,
            }
        );

    private static ReportBytes Plus(ReportBytes sum, ReportBytes more) =>
        new()
        {
            Delivered = new ByteRange(sum.Delivered.Low + more.Delivered.Low, sum.Delivered.High + more.Delivered.High),
            WebSeedBytes = sum.WebSeedBytes + more.WebSeedBytes,
            DirectBytes = sum.DirectBytes + more.DirectBytes,
            EdgeBytes = sum.EdgeBytes + more.EdgeBytes,
            EdgeFillBytes = sum.EdgeFillBytes + more.EdgeFillBytes,
            ViewerUploadBytes = sum.ViewerUploadBytes + more.ViewerUploadBytes,
        };

    private static DateTimeOffset Time(long unixSeconds) => DateTimeOffset.FromUnixTimeSeconds(unixSeconds);

    /// <summary>In how many hours a viewer got and gave anything.</summary>
    private readonly record struct Hours(int Got, int Gave)
    {
        public bool IsDownloadOnly => Got > 0 && Gave == 0;
    }

    private sealed class FileSums
    {
        public ReportBytes Bytes { get; set; } = new();

        public int Viewers { get; set; }

        public int DownloadOnlyViewers { get; set; }
    }
}
