using System.Data.Common;
using Distribution.Contracts.Costs;
using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Reports;
using Distribution.Silos.Accounts;
using Distribution.Silos.Ledgers;
using Distribution.Silos.State;

namespace Distribution.Silos.Reports;

/// <summary>
/// Reads savings reports from the ledger: sums of its hours. Only hours, or days, with something in them are listed. Byte fields of the
/// buckets add up to the whole; what is derived and held at 0 (peer bytes) may not, where an announce was booked an hour after its bytes.
/// </summary>
public sealed class ReportReader(StateDatabase database, PriceOptions prices)
{
    private const string OfPublisher = "f.publisher_id = $1 AND h.hour_start >= $2 AND h.hour_start < $3";
    private const string OfFile = OfPublisher + " AND f.file_id = $4";
    private const string Hours =
        "SELECT h.hour_start, "
        + HourColumns.Sums
        + ", SUM(h.late) FROM ledger_hour h JOIN ledger_file f ON f.file_key = h.file_key WHERE ";
    private const string Viewers =
        "SELECT COUNT(*), COALESCE(SUM(CASE WHEN gave = 0 THEN 1 ELSE 0 END), 0) FROM ("
        + "SELECT MAX(h.got) AS got, MAX(h.gave) AS gave FROM ledger_presence h "
        + "JOIN ledger_file f ON f.file_key = h.file_key WHERE ";
    private const string ViewersEnd = " GROUP BY h.file_key, h.viewer) AS viewers WHERE got = 1";
    private const string Anomalies =
        "SELECT h.kind, SUM(h.viewers) FROM ledger_anomaly h JOIN ledger_file f ON f.file_key = h.file_key WHERE ";
    private const string AnomaliesEnd = " GROUP BY h.kind ORDER BY h.kind";
    private const string HoursEnd = " GROUP BY h.hour_start ORDER BY h.hour_start";

    /// <exception cref="ArgumentException">The other contract is none.</exception>
    public async Task<SavingsReport> ReadAsync(ReportQuery query)
    {
        Contract own = await database.ReadAsync(session =>
            PublisherSettingsTable.ContractOf(session, query.PublisherId, prices.ToContract())
        );
        Contract? other = query.OtherContract is { } json ? PublisherSettingsTable.Parse(json).WithCostsOf(own) : null;
        long from = HourTable.HourOf(query.From.ToUnixTimeSeconds());
        long to = HourTable.HourOf(query.To.ToUnixTimeSeconds() + HourTable.HourSeconds - 1);
        DateTimeOffset start = DateTimeOffset.FromUnixTimeSeconds(from);
        DateTimeOffset end = DateTimeOffset.FromUnixTimeSeconds(to);
        // What the month had cost before the range decides what the range costs.
        long monthStart = BillingSpan.MonthOf(start).ToUnixTimeSeconds();
        (
            List<ReportBucket> publisher,
            List<ReportBucket>? file,
            (int All, int DownloadOnly) viewers,
            List<ReportAnomaly> anomalies
        ) = await database.ReadAsync(session =>
            (
                session.Query(Hours + OfPublisher + HoursEnd, ReadHour, query.PublisherId, monthStart, to),
                query.FileId is { } id
                    ? session.Query(Hours + OfFile + HoursEnd, ReadHour, query.PublisherId, from, to, id)
                    : null,
                query.FileId is { } fileId
                    ? CountViewers(session, Viewers + OfFile + ViewersEnd, query.PublisherId, from, to, fileId)
                    : CountViewers(session, Viewers + OfPublisher + ViewersEnd, query.PublisherId, from, to),
                query.FileId is { } markedId
                    ? session.Query(
                        Anomalies + OfFile + AnomaliesEnd,
                        ReadAnomaly,
                        query.PublisherId,
                        from,
                        to,
                        markedId
                    )
                    : session.Query(Anomalies + OfPublisher + AnomaliesEnd, ReadAnomaly, query.PublisherId, from, to)
            )
        );
        List<ReportBucket> hours = file ?? [.. publisher.Where(hour => hour.Start >= start)];
        return new SavingsReport(
            start,
            end,
            ReportBytes.Sum(hours.Select(static hour => hour.Bytes)),
            viewers.All,
            viewers.DownloadOnly,
            ContractBilling.Price(own, publisher, start, end, file),
            [
                .. hours
                    .GroupBy(hour => query.Bucket.StartOf(hour.Start))
                    .Select(static bucket => new ReportBucket(
                        bucket.Key,
                        ReportBytes.Sum(bucket.Select(static hour => hour.Bytes))
                    )),
            ],
            other is null ? null : ContractBilling.Price(other, publisher, start, end, file)
        )
        {
            Anomalies = anomalies,
        };
    }

    private static ReportAnomaly ReadAnomaly(DbDataReader row) =>
        new((AnnounceAnomalies)row.GetInt32(0), row.GetInt64(1));

    private static (int All, int DownloadOnly) CountViewers(
        StateSession session,
        string sql,
        params ReadOnlySpan<object?> values
    ) =>
        session.TryQuery(sql, static row => (row.GetInt32(0), row.GetInt32(1)), out (int, int) counts, values)
            ? counts
            : default;

    private static ReportBucket ReadHour(DbDataReader row) =>
        new(
            DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(0)),
            HourColumns.Read(row, 1) with
            {
                LateBytes = row.GetInt64(12),
            }
        );
}
