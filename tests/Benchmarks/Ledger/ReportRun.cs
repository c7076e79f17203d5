using System.Diagnostics;
using System.Globalization;
using Distribution.Contracts.Reports;
using Distribution.Silos.Reports;
using Distribution.Silos.State;

namespace Distribution.Benchmarks.Ledger;

/// <summary>How long a report over all files takes, and one of a file; and what a file's day takes in the database.</summary>
internal static class ReportRun
{
    private const int DaySeconds = 86400;
    private const int Rounds = 5;

    public static async Task<int> RunAsync(string[] arguments)
    {
        int files = ChainRun.Argument(arguments, 0, 10_000);
        int days = ChainRun.Argument(arguments, 1, 365);
        int viewers = ChainRun.Argument(arguments, 2, 1);
        string? postgres = arguments.ElementAtOrDefault(3);
        string folder = Directory.CreateTempSubdirectory("ledger-benchmark-").FullName;
        try
        {
            string path = Path.Combine(folder, "state.db");
            await using StateDatabase database = postgres is null
                ? StateDatabase.Open(path)
                : StateDatabase.OpenPostgres(postgres);
            long now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
            long lastHour = now - now % DaySeconds - DaySeconds;
            var time = Stopwatch.StartNew();
            await Rows.AddAsync(
                database,
                postgres is not null,
                files,
                days,
                DaySeconds,
                viewers,
                lastHour,
                isChained: true
            );
            long hours = await Rows.CountAsync(database, "ledger_hour");
            ChainRun.Tell($"made {files} files, {days} days, {viewers} viewers a file and day", time, hours, "hours");
            long bytes = postgres is null
                ? new FileInfo(path).Length + new FileInfo(path + "-wal").Length
                : await database.ReadAsync(static session =>
                    session.Scalar("SELECT pg_database_size(current_database())")
                );
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{"database", -60} {bytes >> 20, 10} MiB {(double)bytes / hours, 12:0} bytes a file and day"
                )
            );
            var reader = new ReportReader(database, new PriceOptions());
            DateTimeOffset end = DateTimeOffset.FromUnixTimeSeconds(lastHour + 2 * DaySeconds);
            foreach (ReportBucketSize bucket in Enum.GetValues<ReportBucketSize>())
                await TellAsync(reader, null, end.AddDays(-days - 2), end, bucket);
            await TellAsync(reader, "file-77", end.AddDays(-days - 2), end, ReportBucketSize.Day);
            await TellAsync(reader, null, end.AddDays(-30), end, ReportBucketSize.Day);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task TellAsync(
        ReportReader reader,
        string? file,
        DateTimeOffset from,
        DateTimeOffset to,
        ReportBucketSize bucket
    )
    {
        var query = new ReportQuery("default", file, from, to, bucket);
        var times = new List<double>();
        SavingsReport? report = null;
        for (int round = 0; round < Rounds; round++)
        {
            var time = Stopwatch.StartNew();
            report = await reader.ReadAsync(query);
            times.Add(time.Elapsed.TotalSeconds);
        }
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{$"report of {file ?? "all"}, {(to - from).TotalDays} days by {bucket}", -60} {times.Order().ElementAt(Rounds / 2), 10:0.000} s, at first {times[0]:0.000} s; {report!.Viewers} viewers, {report.Bytes.Delivered.High} bytes"
            )
        );
    }
}
