using System.Globalization;
using Distribution.BitTorrent;
using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Reports;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Ledgers;
using Distribution.Silos.Reports;
using Distribution.Silos.Tests.Ledgers;
using Distribution.Silos.Tests.Ledgers.Chain;
using Distribution.Silos.Tests.State;

namespace Distribution.Silos.Tests.Reports;

/// <summary>
/// Reports of a whole publisher read sums that are kept beside the hours. Whatever is booked, early, late, under names that change, and wherever
/// the chain stands, they say what the rows say.
/// </summary>
public abstract class DerivedSumsContract
{
    private protected abstract ITestStore NewStore();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_publishers_sums_are_those_of_its_rows(int seed)
    {
        await using ChainHarness chain = await ChainHarness.StartAsync(NewStore());
        LedgerHarness ledger = chain.Ledger;
        var random = new Random(seed);
        InfoHash[] files =
        [
            await ledger.OpenFileAsync("a", 1_000_000),
            await ledger.OpenFileAsync("b", 2_000_000),
            LedgerHarness.HashOf("unknown so far"),
        ];
        for (int step = 0; step < 120; step++)
        {
            InfoHash file = files[random.Next(files.Length)];
            string viewer = random.Next(8).ToString(CultureInfo.InvariantCulture);
            string address = $"203.0.113.{random.Next(6)}";
            switch (random.Next(8))
            {
                case 0:
                    ledger.Clock.Advance(TimeSpan.FromMinutes(random.Next(1, 150)));
                    break;
                case 1:
                    await chain.Chain.CloseAsync(openHourToo: random.Next(2) == 0);
                    break;
                case 2 or 3:
                    // Its hour may be over, and closed.
                    long hour = ledger.Hour - 3600 * random.Next(4);
                    await ledger.SendAsync(file, address, SendKind.WebSeed, 1000 * (step + 1), hour: hour);
                    break;
                case 4:
                    await ledger.WitnessAsync(file, viewer, address, random.Next(1_000_000));
                    break;
                default:
                    await ledger.AnnounceAsync(
                        file,
                        viewer,
                        address,
                        random.Next(3) == 0 ? AnnounceEvent.Started : AnnounceEvent.None,
                        random.Next(1_000_000),
                        uploaded: random.Next(3) * random.Next(1_000_000)
                    );
                    break;
            }
            if (step == 90)
                await ledger.Ledger.OpenFileAsync(new LedgerFile(files[2], "c", LedgerHarness.PublisherId, 3_000_000));
            if (step % 10 == 0)
                await AssertSumsAsync(ledger, random);
        }
        await AssertSumsAsync(ledger, random);
    }

    private static async Task AssertSumsAsync(LedgerHarness ledger, Random random)
    {
        long to = ledger.Hour + 3600 * random.Next(-2, 3);
        long from = to - 3600 * random.Next(1, 12);
        SavingsReport report = await new ReportReader(ledger.Database, new PriceOptions()).ReadAsync(
            new ReportQuery(
                LedgerHarness.PublisherId,
                null,
                DateTimeOffset.FromUnixTimeSeconds(from),
                DateTimeOffset.FromUnixTimeSeconds(to),
                ReportBucketSize.Hour
            )
        );
        const string rows =
            "FROM ledger_hour h JOIN ledger_file f ON f.file_key = h.file_key "
            + "WHERE f.publisher_id = $1 AND h.hour_start >= $2 AND h.hour_start < $3";
        const string viewers =
            "FROM (SELECT MAX(h.got) AS got, MAX(h.gave) AS gave FROM ledger_presence h JOIN ledger_file f ON f.file_key = h.file_key "
            + "WHERE f.publisher_id = $1 AND h.hour_start >= $2 AND h.hour_start < $3 GROUP BY h.file_key, h.viewer) AS v "
            + "WHERE got = 1";
        object?[] range = [LedgerHarness.PublisherId, from, to];
        (ReportBytes bytes, long all, long takers, long late) = await ledger.Database.ReadAsync(session =>
        {
            session.TryQuery(
                "SELECT " + FigureColumns.Sums("h.") + " " + rows,
                static row => row.IsDBNull(0) ? new ReportBytes() : HourColumns.Read(row, 0),
                out ReportBytes sum,
                range
            );
            return (
                sum,
                session.Scalar("SELECT COUNT(*) " + viewers, range),
                session.Scalar("SELECT COUNT(*) " + viewers + " AND gave = 0", range),
                session.Scalar("SELECT CAST(COALESCE(SUM(h.late), 0) AS BIGINT) " + rows, range)
            );
        });
        Assert.Equal(bytes with { LateBytes = late }, report.Bytes);
        Assert.Equal((all, takers), (report.Viewers, report.DownloadOnlyViewers));
    }
}
