using System.Diagnostics.CodeAnalysis;
using Distribution.Contracts.Costs;
using Distribution.Contracts.Ledgers.Chain;
using Distribution.Contracts.Reports;

namespace Distribution.Silos.Ledgers.Chain;

/// <summary>
/// Recomputes savings reports from the entries of an export: for all files, and for each. Memory grows with the number of files, of their
/// hours and of distinct viewers, not with that of entries.
/// </summary>
/// <param name="from">Unix time, a full hour, inclusive.</param>
/// <param name="to">Likewise, exclusive.</param>
/// <param name="fileId">Null: all files.</param>
/// <param name="publisherId">Null: all publishers'.</param>
public sealed class ChainReport(long from, long to, string? fileId, ReportBucketSize bucket, string? publisherId = null)
{
    private readonly Dictionary<string, int> _files = [];
    private readonly List<FileSums> _sums = [];
    private readonly SortedDictionary<long, ReportBytes> _buckets = [];
    private readonly Dictionary<(int File, UInt128 Name), Hours> _viewers = [];
    private readonly Dictionary<string, SortedDictionary<long, ReportBytes>> _publishers = [];

    // What a month had cost before the range decides what the range costs.
    private readonly long _billedFrom = from == 0 ? 0 : BillingSpan.MonthOf(Time(from)).ToUnixTimeSeconds();
    private long _first = long.MaxValue;
    private long _last;

    /// <summary>The files that the range has anything of, in the order of their ids.</summary>
    public IReadOnlyList<string> FileIds => [.. _files.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Whose files they are, in the order of their ids.</summary>
    public IReadOnlyList<string> PublisherIds =>
        [.. _sums.Select(static file => file.PublisherId).Distinct().Order(StringComparer.Ordinal)];

    /// <param name="isComplete">All entries of that hour are told; where they are not, it is not in the range.</param>
    /// <param name="problem">Set where the entry contradicts those before.</param>
    internal bool Add(ChainHour entry, bool isComplete, [NotNullWhen(false)] out string? problem)
    {
        problem = null;
        if (!isComplete || entry.HourStart < _billedFrom || entry.HourStart >= to)
            return true;
        if (publisherId is not null && publisherId != entry.PublisherId)
            return true;
        if (!_publishers.TryGetValue(entry.PublisherId, out SortedDictionary<long, ReportBytes>? publisher))
            _publishers[entry.PublisherId] = publisher = [];
        Add(publisher, entry.HourStart, entry);
        if (entry.HourStart < from || fileId is not null && fileId != entry.FileId)
            return true;
        if (!_files.TryGetValue(entry.FileId, out int file))
        {
            _files[entry.FileId] = file = _sums.Count;
            _sums.Add(new FileSums(entry.PublisherId));
        }
        _first = Math.Min(_first, entry.HourStart);
        _last = Math.Max(_last, entry.HourStart);
        FileSums sums = _sums[file];
        sums.Bytes = Plus(sums.Bytes, entry);
        Add(_buckets, bucket.StartOf(Time(entry.HourStart)).ToUnixTimeSeconds(), entry);
        Add(sums.Hours, entry.HourStart, entry);
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

    /// <summary>
    /// The report of one file, without buckets, or of all that were asked for. What several publishers have is billed as though it were one's,
    /// under the server's prices.
    /// </summary>
    /// <exception cref="OverflowException">Such prices and bytes make no sum of money.</exception>
    public SavingsReport Build(ExportPrices prices, string? one = null)
    {
        IReadOnlyList<FileSums> counted = one is null ? _sums : [_sums[_files[one]]];
        ReportBytes bytes = counted.Aggregate(new ReportBytes(), static (sum, file) => sum + file.Bytes);
        bool isEmpty = _first == long.MaxValue;
        DateTimeOffset start = Time(from > 0 || isEmpty ? from : _first);
        DateTimeOffset end = Time(
            to < long.MaxValue ? to
            : isEmpty ? from
            : _last + HourTable.HourSeconds
        );
        return new SavingsReport(
            start,
            end,
            bytes,
            counted.Sum(static file => file.Viewers),
            counted.Sum(static file => file.DownloadOnlyViewers),
            Price(prices, start, end, one ?? fileId),
            one is null ? [.. _buckets.Select(static pair => new ReportBucket(Time(pair.Key), pair.Value))] : []
        );
    }

    private CostStatement Price(ExportPrices prices, DateTimeOffset start, DateTimeOffset end, string? one)
    {
        FileSums? file = one is not null && _files.TryGetValue(one, out int number) ? _sums[number] : null;
        IEnumerable<KeyValuePair<long, ReportBytes>> hours = file is null
            ? _publishers.Values.SelectMany(static publisher => publisher)
            : _publishers[file.PublisherId];
        string? payer = file?.PublisherId ?? (_publishers.Count == 1 ? _publishers.Keys.First() : null);
        return ContractBilling.Price(
            prices.ContractOf(payer),
            ToBuckets(
                hours
                    .GroupBy(static hour => hour.Key, static hour => hour.Value)
                    .OrderBy(static hour => hour.Key)
                    .Select(static hour =>
                        KeyValuePair.Create(hour.Key, hour.Aggregate(static (sum, more) => sum + more))
                    )
            ),
            start,
            end,
            one is null ? null : ToBuckets(file?.Hours ?? [])
        );
    }

    private static List<ReportBucket> ToBuckets(IEnumerable<KeyValuePair<long, ReportBytes>> hours) =>
        [.. hours.Select(static hour => new ReportBucket(Time(hour.Key), hour.Value))];

    /// <summary>Hours in which nothing but viewers are known have no bucket, in the server's report neither.</summary>
    private static void Add(SortedDictionary<long, ReportBytes> hours, long start, ChainHour entry)
    {
        if (entry.Figures != default)
            hours[start] = Plus(hours.GetValueOrDefault(start) ?? new ReportBytes(), entry);
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

    private static ReportBytes Plus(ReportBytes sum, ChainHour entry)
    {
        ChainFigures more = entry.Figures;
        return sum
            + new ReportBytes
            {
                LateBytes = entry.IsLate ? more.High : 0,
                Delivered = new ByteRange(more.Low, more.High),
                WebSeedBytes = more.WebSeed + more.Direct,
                DirectBytes = more.Direct,
                EdgeBytes = more.Edge,
                EdgeFillBytes = more.EdgeFill,
                ViewerUploadBytes = more.ViewerUpload,
                CdnBytes = more.Cdn,
                EdgeMetadataBytes = more.EdgeMetadata,
                EdgeOverheadBytes = more.EdgeOverhead,
                WasteBytes = more.Waste,
            };
    }

    private static DateTimeOffset Time(long unixSeconds) => DateTimeOffset.FromUnixTimeSeconds(unixSeconds);

    /// <summary>In how many hours a viewer got and gave anything.</summary>
    private readonly record struct Hours(int Got, int Gave)
    {
        public bool IsDownloadOnly => Got > 0 && Gave == 0;
    }

    private sealed class FileSums(string publisherId)
    {
        public string PublisherId { get; } = publisherId;

        public SortedDictionary<long, ReportBytes> Hours { get; } = [];

        public ReportBytes Bytes { get; set; } = new();

        public int Viewers { get; set; }

        public int DownloadOnlyViewers { get; set; }
    }
}
