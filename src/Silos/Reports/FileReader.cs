using System.Data.Common;
using Distribution.Contracts.Reports;
using Distribution.Silos.Ledgers;
using Distribution.Silos.State;

namespace Distribution.Silos.Reports;

/// <summary>Reads what single files brought in a range, without bills: for lists of files.</summary>
public sealed class FileReader(StateDatabase database)
{
    public const int MaxLimit = 200;

    // By one column first: the others of a year of many files cost three times as much to read, and a page shows few files.
    private const string Ranked =
        "SELECT f.file_id FROM ledger_hour h JOIN ledger_file f ON f.file_key = h.file_key WHERE ";
    private const string Most =
        " AND f.file_id IS NOT NULL GROUP BY f.file_id ORDER BY SUM(h.high) DESC, f.file_id LIMIT $4 OFFSET $5";

    private static readonly string OfFile =
        "SELECT f.file_id, "
        + HourColumns.Sums
        + " FROM ledger_hour h JOIN ledger_file f ON f.file_key = h.file_key WHERE ";
    private const string End = " GROUP BY f.file_id";

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
            ReportScope all = ReportScope.OfAll(publisherId, HourOf(from), HourAfter(to));
            List<string> ranked = session.Query(
                Ranked + all.Filter + Most,
                static row => row.GetString(0),
                [.. all.Values, Math.Clamp(limit, 1, MaxLimit), Math.Max(0, skip)]
            );
            return Read(session, publisherId, ranked, from, to);
        });

    /// <summary>Of these files those with any bytes, in any order.</summary>
    public Task<List<ReportFile>> ReadAsync(
        string publisherId,
        IReadOnlyList<string> fileIds,
        DateTimeOffset from,
        DateTimeOffset to
    ) => database.ReadAsync(session => Read(session, publisherId, [.. fileIds.Take(MaxLimit)], from, to));

    /// <summary>In the order of the ids.</summary>
    private static List<ReportFile> Read(
        StateSession session,
        string publisherId,
        List<string> fileIds,
        DateTimeOffset from,
        DateTimeOffset to
    )
    {
        var files = new List<ReportFile>(fileIds.Count);
        foreach (string fileId in fileIds)
        {
            ReportScope one = ReportScope.OfOne(publisherId, HourOf(from), HourAfter(to), fileId);
            files.AddRange(session.Query(OfFile + one.Filter + End, Read, one.Values));
        }
        return files;
    }

    private static ReportFile Read(DbDataReader row) => new(row.GetString(0), HourColumns.Read(row, 1));

    private static long HourOf(DateTimeOffset time) => HourTable.HourOf(time.ToUnixTimeSeconds());

    private static long HourAfter(DateTimeOffset time) => HourTable.HourAfter(time.ToUnixTimeSeconds());
}
