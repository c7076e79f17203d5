using System.Data.Common;
using System.Text;
using Distribution.Contracts.Costs;
using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Ledgers.Chain;
using Distribution.Contracts.Reports;
using Distribution.Silos.Accounts;
using Distribution.Silos.Ledgers;
using Distribution.Silos.Ledgers.Chain;
using Distribution.Silos.State;

namespace Distribution.Silos.Reports;

/// <summary>
/// Reads savings reports from the ledger: sums of its hours. Only hours, or days, with something in them are listed. Byte fields of the
/// buckets add up to the whole; what is derived and held at 0 (peer bytes) may not, where an announce was booked an hour after its bytes.
/// </summary>
public sealed class ReportReader(StateDatabase database, PriceOptions prices, TimeProvider? clock = null)
{
    private const string Anomalies =
        "SELECT h.kind, SUM(h.viewers) FROM ledger_anomaly h JOIN ledger_file f ON f.file_key = h.file_key WHERE ";
    private const string AnomaliesEnd = " GROUP BY h.kind ORDER BY h.kind";

    /// <exception cref="ArgumentException">The other contract is none.</exception>
    public async Task<SavingsReport> ReadAsync(ReportQuery query)
    {
        Contract own = await database.ReadAsync(session =>
            PublisherSettingsTable.ContractOf(session, query.PublisherId, prices.ToContract())
        );
        Contract? other = query.OtherContract is { } json ? PublisherSettingsTable.Parse(json).WithCostsOf(own) : null;
        long from = HourTable.HourOf(query.From.ToUnixTimeSeconds());
        long to = HourTable.HourAfter(query.To.ToUnixTimeSeconds());
        DateTimeOffset start = DateTimeOffset.FromUnixTimeSeconds(from);
        DateTimeOffset end = DateTimeOffset.FromUnixTimeSeconds(to);
        long now = (clock ?? TimeProvider.System).GetUtcNow().ToUnixTimeSeconds();
        Rows rows = await database.ReadAsync(session => Read(session, query, from, to, now));
        List<ReportBucket> hours = rows.Part ?? [.. rows.Publisher.Where(hour => hour.Start >= start)];
        ReportBytes bytes = ReportBytes.Sum(hours.Select(static hour => hour.Bytes));
        List<ReportNetwork> systems = NetworkReader.ToSystems(rows.Networks, bytes);
        return new SavingsReport(
            start,
            end,
            bytes,
            rows.Viewers.All,
            rows.Viewers.DownloadOnly,
            ContractBilling.Price(own, rows.Publisher, start, end, rows.Part),
            [
                .. hours
                    .GroupBy(hour => query.Bucket.StartOf(hour.Start))
                    .Select(static bucket => new ReportBucket(
                        bucket.Key,
                        ReportBytes.Sum(bucket.Select(static hour => hour.Bytes))
                    )),
            ],
            other is null ? null : ContractBilling.Price(other, rows.Publisher, start, end, rows.Part)
        )
        {
            Anomalies = rows.Anomalies,
            WholeUntil = rows.ClosedUntil is { } closed
                ? DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(closed, from, to))
                : null,
            Regions = NetworkReader.ToRegions(rows.Networks, bytes),
            Systems = systems,
            CrossSystem = NetworkReader.CrossSystem(systems),
            Uploads = rows.Uploads,
            Holdout = rows.Holdout,
        };
    }

    private static Rows Read(StateSession session, ReportQuery query, long from, long to, long now)
    {
        // What the month had cost before the range decides what the range costs.
        long monthStart = BillingSpan.MonthOf(DateTimeOffset.FromUnixTimeSeconds(from)).ToUnixTimeSeconds();
        ReportScope scope = ReportScope.Of(query, from, to);
        ReportScope days = ReportScope.Of(
            query,
            UploadBinTable.DayOf(from),
            UploadBinTable.DayOf(to + UploadBinTable.DaySeconds - 1)
        );
        return new Rows(
            HourReader.Read(session, ReportScope.OfAll(query.PublisherId, monthStart, to)),
            scope.IsWhole ? null : HourReader.Read(session, scope),
            ViewerReader.Count(session, scope),
            session.Query(Anomalies + scope.Filter + AnomaliesEnd, ReadAnomaly, scope.Values),
            NetworkReader.Read(session, scope),
            ViewerReader.ReadUploads(session, days),
            ReadClosed(session),
            TrialReader.Read(session, scope, now)
        );
    }

    private static long? ReadClosed(StateSession session) =>
        EntryTable.ReadLast(session) is { } last
        && ChainLineReader.TryRead(Encoding.UTF8.GetBytes(last.Line), out ChainLine? line, out _)
        && line is ChainCheckpoint checkpoint
            ? checkpoint.Through
            : null;

    private static ReportAnomaly ReadAnomaly(DbDataReader row) =>
        new((AnnounceAnomalies)row.GetInt32(0), row.GetInt64(1));

    /// <param name="Part">Hours of the file or collection; null: all of the publisher's are asked for.</param>
    /// <param name="ClosedUntil">Unix time; null: the chain has not begun.</param>
    private sealed record Rows(
        List<ReportBucket> Publisher,
        List<ReportBucket>? Part,
        (int All, int DownloadOnly) Viewers,
        List<ReportAnomaly> Anomalies,
        List<(long System, int Country, ReportBytes Bytes)> Networks,
        List<UploadBin> Uploads,
        long? ClosedUntil,
        HoldoutComparison? Holdout
    );
}
