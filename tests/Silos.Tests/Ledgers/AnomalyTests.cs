using Distribution.BitTorrent;
using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Reports;
using Distribution.Contracts.Swarms;

namespace Distribution.Silos.Tests.Ledgers;

public sealed class AnomalyTests
{
    private const long Size = 100_000_000;

    [Theory]
    [InlineData(AnnounceAnomalies.LeftAboveSize, "started 100000001 0")]
    [InlineData(AnnounceAnomalies.LeftAboveSize, "started -7 0")]
    [InlineData(AnnounceAnomalies.LeftGrew, "started 50000000 0", "none 90000000 0")]
    [InlineData(AnnounceAnomalies.CompletedUnseen, "completed 0 0")]
    [InlineData(AnnounceAnomalies.CompletedUnseen, "started 0 0", "completed 0 0")]
    [InlineData(AnnounceAnomalies.UploadShrank, "started 50000000 0", "none 40000000 9000000", "none 30000000 1000000")]
    [InlineData(AnnounceAnomalies.UploadAboveLine, "started 50000000 0", "none 40000000 900000000000")]
    [InlineData(AnnounceAnomalies.UploadWithoutData, "started 100000000 5000000")]
    [InlineData(AnnounceAnomalies.None, "started 16384 0", "none 16384 900", "none 60000000 0", "completed 0 0")]
    [InlineData(AnnounceAnomalies.None, "started 9223372036854775807 0", "stopped -1 0")]
    [InlineData(AnnounceAnomalies.None, "started 50000000 0", "none 40000000 2000000", "started 100000000 0")]
    public async Task Is_marked_once_and_adds_nothing_to_low(AnnounceAnomalies kind, params string[] announces)
    {
        await using LedgerHarness ledger = await LedgerHarness.StartAsync();
        InfoHash file = await ledger.OpenFileAsync("film", Size);

        for (int time = 0; time < 2; time++)
        {
            foreach (string line in announces)
            {
                string[] parts = line.Split(' ');
                await ledger.AnnounceAsync(
                    file,
                    "peer",
                    "203.0.113.5",
                    Enum.Parse<AnnounceEvent>(parts[0], ignoreCase: true),
                    long.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture),
                    long.Parse(parts[2], System.Globalization.CultureInfo.InvariantCulture)
                );
                // The repeat of a whole session is another matter: it says again what was left before.
                if (time == 1)
                    break;
            }
        }

        SavingsReport report = await ledger.ReportAsync();
        Assert.Equal(kind == AnnounceAnomalies.None ? [] : [new ReportAnomaly(kind, 1)], report.Anomalies);
        Assert.Equal(0, report.Bytes.Delivered.Low);
    }
}
