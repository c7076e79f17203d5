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
    private static readonly string OfFiles =
        "SELECT f.file_id, " + HourColumns.Sums + " FROM ledger_hour h" + OfPublisher + " GROUP BY f.file_id";
    private static readonly string Late =
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
        object?[] range = [publisherId, from.ToUnixTimeSeconds(), to.ToUnixTimeSeconds()];
        (List<ReportBucket> hours, List<MonthFile> files, List<MonthCorrection> corrections) = await database.ReadAsync(
            session =>
                (
                    HourReader.Read(
                        session,
                        ReportScope.OfAll(publisherId, from.ToUnixTimeSeconds(), to.ToUnixTimeSeconds())
                    ),
                    session.Query(
                        OfFiles,
                        static row => new MonthFile(row.GetString(0), HourColumns.Read(row, 1)),
                        range
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
                        [.. range, closes.ToUnixTimeSeconds()]
                    )
                )
        );
        ILookup<DateTimeOffset, ReportBytes> lateOfHour = corrections.ToLookup(
            static one => one.HourStart,
            static one => one.Bytes
        );
        ILookup<string, ReportBytes> lateOfFile = corrections.ToLookup(
            static one => one.FileId,
            static one => one.Bytes
        );
        List<ReportBucket> closed =
        [
            .. hours.Select(hour =>
                hour with
                {
                    Bytes = (hour.Bytes with { LateBytes = 0 }) - ReportBytes.Sum(lateOfHour[hour.Start]),
                }
            ),
        ];
        return new MonthStatement(
            from,
            to,
            closes,
            clock.GetUtcNow() >= closes,
            ReportBytes.Sum(closed.Select(static hour => hour.Bytes)),
            ContractBilling.Price(own, closed, from, to),
            [
                .. files
                    .Select(file => file with { Bytes = file.Bytes - ReportBytes.Sum(lateOfFile[file.FileId]) })
                    .Where(static file => file.Bytes != new ReportBytes())
                    .OrderByDescending(static file => file.Bytes.Delivered.High)
                    .ThenBy(static file => file.FileId, StringComparer.Ordinal),
            ],
            corrections
        );
    }

    private static DateTimeOffset At(long unixSeconds) => DateTimeOffset.FromUnixTimeSeconds(unixSeconds);
}
