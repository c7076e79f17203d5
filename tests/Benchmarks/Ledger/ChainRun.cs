using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Distribution.BitTorrent;
using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Reports;
using Distribution.Silos.Hosting;
using Distribution.Silos.Ledgers;
using Distribution.Silos.Ledgers.Chain;
using Distribution.Silos.Reports;
using Distribution.Silos.State;
using Distribution.Silos.Traffic;
using Microsoft.Extensions.Logging.Abstractions;

namespace Distribution.Benchmarks.Ledger;

/// <summary>
/// What it costs to close hours of many files, to export the chain, and to verify it. Arguments: files, hours, viewers of each, and a connection
/// string of PostgreSQL where it shall not be SQLite in a temporary folder.
/// </summary>
internal static class ChainRun
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        int files = Argument(arguments, 0, 10_000);
        int hours = Argument(arguments, 1, 4);
        int viewers = Argument(arguments, 2, 1);
        if (files < 1 || hours < 1 || viewers < 1)
        {
            await Console.Error.WriteLineAsync("chain FILES HOURS VIEWERS [CONNECTION]");
            return 2;
        }
        string folder = Directory.CreateTempSubdirectory("ledger-benchmark-").FullName;
        try
        {
            await MeasureAsync(files, hours, viewers, arguments.Length > 3 ? arguments[3] : null, folder);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>0 where it is no number.</summary>
    public static int Argument(string[] arguments, int place, int otherwise) =>
        arguments.Length <= place ? otherwise
        : int.TryParse(arguments[place], CultureInfo.InvariantCulture, out int number) ? number
        : 0;

    private static async Task MeasureAsync(int files, int hours, int viewers, string? postgres, string folder)
    {
        TimeProvider clock = TimeProvider.System;
        var options = new SiloOptions { StatePath = Path.Combine(folder, "state.db") };
        await using StateDatabase database = postgres is null
            ? StateDatabase.Open(options.StatePath)
            : StateDatabase.OpenPostgres(postgres);
        var ledger = new Silos.Ledgers.Ledger(
            database,
            new RecentTraffic(clock),
            clock,
            NullLogger<Silos.Ledgers.Ledger>.Instance
        );
        using var keys = new ChainKeyStore(options, database);
        using var chain = new LedgerChain(database, keys, new PriceOptions(), clock, NullLogger<LedgerChain>.Instance);
        await chain.CloseAsync(openHourToo: true);

        var time = Stopwatch.StartNew();
        await BookAsync(ledger, clock, files, hours, viewers);
        Tell(
            $"booked: {files} files, {hours} hours, {viewers} viewers each",
            time,
            files * hours * viewers,
            "counters"
        );

        time.Restart();
        await chain.CloseAsync(openHourToo: true);
        Tell("closed", time, files * hours, "entries");
        time.Restart();
        await chain.CloseAsync(openHourToo: true);
        Tell("closed again, nothing new", time, 1, "calls");

        string path = Path.Combine(folder, "ledger.jsonl");
        time.Restart();
        long bytes = await ExportAsync(chain, path);
        Tell($"exported, {bytes} bytes", time, files * hours, "entries");

        await VerifyAsync("verified", path, files * hours, null);
        await VerifyAsync(
            "verified, with the report of each file",
            path,
            files * hours,
            new ChainReport(0, long.MaxValue, null, ReportBucketSize.Day)
        );
    }

    private static async Task BookAsync(
        Silos.Ledgers.Ledger ledger,
        TimeProvider clock,
        int files,
        int hours,
        int viewers
    )
    {
        long now = clock.GetUtcNow().ToUnixTimeSeconds();
        long thisHour = now - now % 3600;
        InfoHash[] hashes =
        [
            .. Enumerable.Range(0, files).Select(static i => new InfoHash(SHA1.HashData(BitConverter.GetBytes(i)))),
        ];
        await Task.WhenAll(
            hashes.Select((hash, i) => ledger.OpenFileAsync(new LedgerFile(hash, $"file-{i:D12}", "default", 1L << 30)))
        );
        for (int hour = 0; hour < hours; hour++)
        {
            var counters = new List<SendCounter>(files * viewers);
            foreach (InfoHash hash in hashes)
            {
                for (int viewer = 0; viewer < viewers; viewer++)
                    counters.Add(
                        new SendCounter(
                            hash.ToString(),
                            $"203.0.{viewer / 250}.{viewer % 250}",
                            SendKind.WebSeed,
                            thisHour - hour * 3600,
                            1_000_000
                        )
                    );
            }
            await ledger.RecordSendsAsync(new SendReport("webseed/benchmark", "0000000000000001", counters));
        }
    }

    public static async Task<long> ExportAsync(LedgerChain chain, string path)
    {
        await using FileStream file = File.Create(path);
        LedgerExport export = await chain.BeginExportAsync(null);
        await WriteAsync(export.FirstLines);
        for (long after = export.After; after < export.Last; )
        {
            LedgerExportPage page = await chain.ReadAsync(after, export.Last);
            await WriteAsync(page.Lines);
            after = page.Last;
        }
        await WriteAsync([export.EndLine]);
        await file.FlushAsync();
        return file.Length;

        ValueTask WriteAsync(IReadOnlyList<string> lines) =>
            file.WriteAsync(Encoding.ASCII.GetBytes(string.Join('\n', lines) + "\n"));
    }

    private static async Task VerifyAsync(string what, string path, long entries, ChainReport? report)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20);
        using var verifier = new ChainVerifier(report);
        var lines = new ChainLines(file);
        var time = Stopwatch.StartNew();
        while (await lines.MoveNextAsync(default) && verifier.Add(lines.Current.Span)) { }
        if (!verifier.Finish())
            throw new InvalidOperationException($"{verifier.Fault}");
        Tell(what, time, entries, "entries");
        using var self = Process.GetCurrentProcess();
        Console.WriteLine($"{"", -60} {self.PeakWorkingSet64 >> 20, 10} MiB peak of the process");
    }

    public static void Tell(string what, Stopwatch time, long count, string unit) =>
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{what, -60} {time.Elapsed.TotalSeconds, 10:0.000} s {count / time.Elapsed.TotalSeconds, 12:0} {unit}/s"
            )
        );
}
