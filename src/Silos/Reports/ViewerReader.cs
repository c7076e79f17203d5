using Distribution.Contracts.Reports;
using Distribution.Silos.Ledgers;
using Distribution.Silos.State;

namespace Distribution.Silos.Reports;

/// <summary>Reads how many viewers a scope had, and what they say they uploaded.</summary>
internal static class ViewerReader
{
    private const string OfPart =
        "SELECT COUNT(*), COALESCE(SUM(CASE WHEN gave = 0 THEN 1 ELSE 0 END), 0) FROM ("
        + "SELECT MAX(h.got) AS got, MAX(h.gave) AS gave FROM ledger_presence h "
        + "JOIN ledger_file f ON f.file_key = h.file_key WHERE ";
    private const string EndOfPart = " GROUP BY h.file_key, h.viewer) AS viewers WHERE got = 1";
    private const string OfPublisher =
        "SELECT kind, SUM(viewers) FROM ledger_return "
        + "WHERE publisher_id = $1 AND hour_start >= $2 AND hour_start < $3 AND previous < $2 GROUP BY kind";
    private const string BinsOfPublisher =
        "SELECT bin, SUM(viewers) FROM ledger_upload_bin WHERE publisher_id = $1 AND day_start >= $2 AND day_start < $3 "
        + "GROUP BY bin HAVING SUM(viewers) > 0 ORDER BY bin";
    private const string UploadsOfPart =
        "SELECT h.uploaded - h.uploaded_first FROM "
        + "(SELECT v.*, v.first_seen AS hour_start FROM ledger_viewer v WHERE v.phase <> 0) AS h "
        + "JOIN ledger_file f ON f.file_key = h.file_key WHERE ";

    /// <summary>Distinct viewers that got anything, and those of them that say they gave nothing.</summary>
    public static (int All, int DownloadOnly) Count(StateSession session, ReportScope scope)
    {
        if (!scope.IsWhole)
            return session.TryQuery(
                OfPart + scope.Filter + EndOfPart,
                static row => (row.GetInt32(0), row.GetInt32(1)),
                out (int, int) counts,
                scope.Values
            )
                ? counts
                : default;
        var kinds = session
            .Query(OfPublisher, static row => (Kind: row.GetInt32(0), Viewers: row.GetInt64(1)), scope.Values)
            .ToDictionary(static row => row.Kind, static row => row.Viewers);
        // Who did either and did not give has got, and not given.
        return (
            (int)kinds.GetValueOrDefault(PresenceTable.Got),
            (int)(kinds.GetValueOrDefault(PresenceTable.Either) - kinds.GetValueOrDefault(PresenceTable.Gave))
        );
    }

    /// <summary>Viewers that came on the days of a range, by what they say they uploaded since.</summary>
    /// <param name="days">The scope with whole days.</param>
    public static List<UploadBin> ReadUploads(StateSession session, ReportScope days) =>
        days.IsWhole
            ? session.Query(BinsOfPublisher, static row => UploadBin.Of(row.GetInt32(0), row.GetInt64(1)), days.Values)
            :
            [
                .. session
                    .Query(UploadsOfPart + days.Filter, static row => UploadBin.NumberOf(row.GetInt64(0)), days.Values)
                    .CountBy(static bin => bin)
                    .OrderBy(static bin => bin.Key)
                    .Select(static bin => UploadBin.Of(bin.Key, bin.Value)),
            ];
}
