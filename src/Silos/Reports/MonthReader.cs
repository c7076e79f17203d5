using Distribution.Contracts.Costs;
using Distribution.Contracts.Reports;
using Distribution.Silos.Accounts;
using Distribution.Silos.State;

namespace Distribution.Silos.Reports;

/// <summary>
/// Reads a month's account. What the chain took in after the month's close is taken off its hours again, so that a closed month says
/// the same for ever.
/// </summary>
public sealed class MonthReader(StateDatabase database, PriceOptions prices, TimeProvider clock)
{
    private const string OfPublisher =
        " JOIN ledger_file f ON f.file_key = h.file_key "
        + "WHERE f.publisher_id = $1 AND h.hour_start >= $2 AND h.hour_start < $3";
    private const string OfHours =
        "SELECT h.hour_start, f.file_id, "
        + HourColumns.Sums
        + " FROM ledger_hour h"
        + OfPublisher
        + " GROUP BY h.hour_start, f.file_id ORDER BY h.hour_start";
    private const string Late =
        "SELECT h.hour_start, f.file_id, h.seq, h.at, "
        + HourColumns.Plain
        + " FROM ledger_late h"
        + OfPublisher
        + " AND h.at >= $4 ORDER BY h.seq";

    /// <param name="time">Any time in the month.</param>
    public async Task<MonthStatement> ReadAsync(string publisherId, DateTimeOffset time)
    {
        Contract own = await database.ReadAsync(session =>
            PublisherSettingsTable.ContractOf(session, publisherId, prices.ToContract())
        );
        DateTimeOffset from = ReportBucketSize.Month.StartOf(time);
        DateTimeOffset to = ReportBucketSize.Month.Next(from);
        DateTimeOffset closes = to + MonthStatement.ClosesAfter;
        (List<(DateTimeOffset Hour, string FileId, ReportBytes Bytes)> hours, List<MonthCorrection> corrections) =
            await database.ReadAsync(session =>
                (
                    session.Query(
                        OfHours,
                        static row => (At(row.GetInt64(0)), row.GetString(1), HourColumns.Read(row, 2)),
                        publisherId,
                        from.ToUnixTimeSeconds(),
                        to.ToUnixTimeSeconds()
                    ),
                    session.Query(
                        Late,
                        static row => new MonthCorrection(
                            row.GetInt64(2),
                            At(row.GetInt64(3)),
                            At(row.GetInt64(0)),
                            row.GetString(1),
                            HourColumns.Read(row, 4)
                        ),
                        publisherId,
                        from.ToUnixTimeSeconds(),
                        to.ToUnixTimeSeconds(),
                        closes.ToUnixTimeSeconds()
                    )
                )
            );
        var known = hours.ToDictionary(static hour => (hour.Hour, hour.FileId), static hour => hour.Bytes);
        foreach (MonthCorrection correction in corrections)
        {
            (DateTimeOffset, string) key = (correction.HourStart, correction.FileId);
            known[key] = known.GetValueOrDefault(key, new ReportBytes()) - correction.Bytes;
        }
        List<ReportBucket> closed =
        [
            .. known
                .GroupBy(static pair => pair.Key.Item1)
                .OrderBy(static hour => hour.Key)
                .Select(static hour => new ReportBucket(
                    hour.Key,
                    ReportBytes.Sum(hour.Select(static one => one.Value))
                )),
        ];
        return new MonthStatement(
            from,
            to,
            closes,
            clock.GetUtcNow() >= closes,
            ReportBytes.Sum(closed.Select(static hour => hour.Bytes)),
            ContractBilling.Price(own, closed, from, to),
            [
                .. known
                    .GroupBy(static pair => pair.Key.Item2)
                    .Select(static file => new MonthFile(
                        file.Key,
                        ReportBytes.Sum(file.Select(static one => one.Value))
                    ))
                    .Where(static file => file.Bytes != new ReportBytes())
                    .OrderByDescending(static file => file.Bytes.Delivered.High)
                    .ThenBy(static file => file.FileId, StringComparer.Ordinal),
            ],
            corrections
        );
    }

    private static DateTimeOffset At(long unixSeconds) => DateTimeOffset.FromUnixTimeSeconds(unixSeconds);
}
