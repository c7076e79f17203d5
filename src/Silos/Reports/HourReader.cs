using System.Data.Common;
using Distribution.Contracts.Reports;
using Distribution.Silos.Ledgers;
using Distribution.Silos.State;

namespace Distribution.Silos.Reports;

/// <summary>
/// Reads the hours of a scope. Those of a whole publisher come from its sums of what the chain holds, and from the few rows of which the chain
/// lacks something: together the same as all rows, at a thousandth of the work.
/// </summary>
internal static class HourReader
{
    private static readonly string OfPart =
        "SELECT h.hour_start, "
        + FigureColumns.Sums("h.")
        + ", SUM(h.late) FROM ledger_hour h JOIN ledger_file f ON f.file_key = h.file_key WHERE ";

    private static readonly string OfPublisher =
        "SELECT h.hour_start, "
        + FigureColumns.Sums("h.")
        + ", SUM(h.late) FROM (SELECT hour_start, "
        + FigureColumns.List()
        + ", late FROM ledger_publisher_hour WHERE publisher_id = $1 AND hour_start >= $2 AND hour_start < $3 UNION ALL SELECT h.hour_start, "
        + FigureColumns.Unchained()
        + ", 0 AS late FROM ledger_hour h JOIN ledger_file f ON f.file_key = h.file_key "
        + "WHERE h.is_chained = 0 AND f.publisher_id = $1 AND h.hour_start >= $2 AND h.hour_start < $3) AS h";

    private const string End = " GROUP BY h.hour_start ORDER BY h.hour_start";

    public static List<ReportBucket> Read(StateSession session, ReportScope scope) =>
        session.Query(scope.IsWhole ? OfPublisher + End : OfPart + scope.Filter + End, Read, scope.Values);

    private static ReportBucket Read(DbDataReader row) =>
        new(
            DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(0)),
            HourColumns.Read(row, 1) with
            {
                LateBytes = row.GetInt64(1 + FigureColumns.Count),
            }
        );
}
