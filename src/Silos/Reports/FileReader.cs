using System.Data.Common;
using Distribution.Contracts.Reports;
using Distribution.Silos.Ledgers;
using Distribution.Silos.State;

namespace Distribution.Silos.Reports;

/// <summary>Reads what single files brought in a range, without bills: for lists of files.</summary>
public sealed class FileReader(StateDatabase database)
{
    public const int MaxLimit = 200;

    private static readonly string OfFile =
        "SELECT f.file_id, "
        + HourColumns.Sums
        + " FROM ledger_hour h JOIN ledger_file f ON f.file_key = h.file_key WHERE ";
    private const string End = " GROUP BY f.file_id";

    private const string OfPublisher =
        " FROM ledger_hour h JOIN ledger_file f ON f.file_key = h.file_key WHERE f.publisher_id = $1 AND ";

    // Of a long range the hours of its two ends, the sums between them, and what those sums lack.
    private static readonly string Most =
        $"SELECT f.file_id, {HourColumns.Sums} FROM (SELECT h.file_key, {FigureColumns.Sums("h.", named: true)} FROM ("
        + $"SELECT file_key, {FigureColumns.List()} FROM ledger_file_span WHERE publisher_id = $1 AND span_start >= $4 AND span_start < $5 "
        + $"UNION ALL SELECT h.file_key, {HourColumns.Plain}{OfPublisher}h.hour_start >= $2 AND h.hour_start < $4 "
        + $"UNION ALL SELECT h.file_key, {HourColumns.Plain}{OfPublisher}h.hour_start >= $5 AND h.hour_start < $3 "
        + $"UNION ALL SELECT h.file_key, {FigureColumns.Unchained()}{OfPublisher}"
        + "h.is_chained = 0 AND h.hour_start >= $4 AND h.hour_start < $5) AS h GROUP BY h.file_key) AS h "
        + "JOIN ledger_file f ON f.file_key = h.file_key WHERE f.file_id IS NOT NULL "
        + "GROUP BY f.file_id ORDER BY SUM(h.high) DESC, f.file_id LIMIT $6 OFFSET $7";

    /// <summary>Files with any bytes, the most delivered first.</summary>
    /// <param name="limit">1 to 200.</param>
    public Task<List<ReportFile>> ListAsync(
        string publisherId,
        DateTimeOffset from,
        DateTimeOffset to,
        int skip,
        int limit
    ) =>
        database.ReadAsync(session =>
        {
            long start = HourOf(from);
            long end = HourAfter(to);
            (long spansFrom, long spansTo) = FileSpan.WholeIn(start, end);
            return session.Query(
                Most,
                Read,
                publisherId,
                start,
                end,
                spansFrom,
                spansTo,
                Math.Clamp(limit, 1, MaxLimit),
                Math.Max(0, skip)
            );
        });

    /// <summary>Of these files those with any bytes, in any order.</summary>
    public Task<List<ReportFile>> ReadAsync(
        string publisherId,
        IReadOnlyList<string> fileIds,
        DateTimeOffset from,
        DateTimeOffset to
    ) =>
        database.ReadAsync(session =>
        {
            var files = new List<ReportFile>(fileIds.Count);
            foreach (string fileId in fileIds.Take(MaxLimit))
            {
                ReportScope one = ReportScope.OfOne(publisherId, HourOf(from), HourAfter(to), fileId);
                files.AddRange(session.Query(OfFile + one.Filter + End, Read, one.Values));
            }
            return files;
        });

    private static ReportFile Read(DbDataReader row) => new(row.GetString(0), HourColumns.Read(row, 1));

    private static long HourOf(DateTimeOffset time) => HourTable.HourOf(time.ToUnixTimeSeconds());

    private static long HourAfter(DateTimeOffset time) => HourTable.HourAfter(time.ToUnixTimeSeconds());
}
