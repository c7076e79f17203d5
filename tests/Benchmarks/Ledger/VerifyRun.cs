using System.Diagnostics;
using System.Globalization;
using System.Text;
using Distribution.Silos.Hosting;
using Distribution.Silos.Ledgers.Chain;
using Distribution.Silos.Reports;
using Distribution.Silos.State;
using Microsoft.Extensions.Logging.Abstractions;

namespace Distribution.Benchmarks.Ledger;

/// <summary>
/// An export of many entries, verified as it is, and with one byte changed, a line left out, doubled or swapped with the next, at random: each
/// such edit must be named where it is.
/// </summary>
internal static class VerifyRun
{
    private const int FilesOfAnHour = 10_000;

    public static async Task<int> RunAsync(string[] arguments)
    {
        int entries = ChainRun.Argument(arguments, 0, 1_000_000);
        int edits = ChainRun.Argument(arguments, 1, 100);
        string folder = Directory.CreateTempSubdirectory("ledger-benchmark-").FullName;
        try
        {
            string path = Path.Combine(folder, "ledger.jsonl");
            await MakeAsync(folder, path, entries);
            byte[][] lines = [.. (await File.ReadAllLinesAsync(path)).Select(Encoding.ASCII.GetBytes)];
            var time = Stopwatch.StartNew();
            if (Verify(lines) is { } fault)
                throw new InvalidOperationException($"{fault}");
            ChainRun.Tell("verified", time, lines.Length, "lines");
            using (var self = Process.GetCurrentProcess())
                Console.WriteLine(
                    $"{"", -60} {self.PeakWorkingSet64 >> 20, 10} MiB peak of the process, the lines among it"
                );

            var random = new Random(1);
            int named = 0;
            time.Restart();
            for (int edit = 0; edit < edits; edit++)
                named += IsNamed(lines, random) ? 1 : 0;
            ChainRun.Tell($"{named} of {edits} random edits named where they are", time, edits, "edits");
            return named == edits ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task MakeAsync(string folder, string path, int entries)
    {
        var options = new SiloOptions { StatePath = Path.Combine(folder, "state.db") };
        await using StateDatabase database = StateDatabase.Open(options.StatePath);
        TimeProvider clock = TimeProvider.System;
        long now = clock.GetUtcNow().ToUnixTimeSeconds();
        int files = Math.Min(entries, FilesOfAnHour);
        await Rows.AddAsync(
            database,
            false,
            files,
            entries / files,
            3600,
            1,
            now - now % 3600 - 3600,
            isChained: false
        );
        using var keys = new ChainKeyStore(options, database);
        using var chain = new LedgerChain(database, keys, new PriceOptions(), clock, NullLogger<LedgerChain>.Instance);
        var time = Stopwatch.StartNew();
        await chain.CloseAsync(openHourToo: true);
        ChainRun.Tell("closed", time, entries, "entries");
        time.Restart();
        long bytes = await ChainRun.ExportAsync(chain, path);
        ChainRun.Tell(
            string.Create(CultureInfo.InvariantCulture, $"exported, {bytes >> 20} MiB"),
            time,
            entries,
            "entries"
        );
    }

    /// <summary>Edits one place, verifies, and puts it back.</summary>
    private static bool IsNamed(byte[][] lines, Random random)
    {
        int line = random.Next(1, lines.Length - 1);
        byte[] kept = lines[line];
        byte[] next = lines[line + 1];
        switch (random.Next(4))
        {
            case 0: // left out
                byte[][] without = [.. lines[..line], .. lines[(line + 1)..]];
                return Verify(without)?.Line == line + 1;
            case 1: // doubled
                byte[][] twice = [.. lines[..line], kept, .. lines[line..]];
                return Verify(twice)?.Line == line + 2;
            case 2: // swapped
                (lines[line], lines[line + 1]) = (next, kept);
                break;
            default:
                byte[] changed = [.. kept];
                int at = random.Next(changed.Length);
                changed[at] = (byte)(changed[at] == '7' ? '8' : '7');
                lines[line] = changed;
                break;
        }
        long? named = Verify(lines)?.Line;
        (lines[line], lines[line + 1]) = (kept, next);
        return named == line + 1;
    }

    private static ChainFault? Verify(byte[][] lines)
    {
        using var verifier = new ChainVerifier();
        foreach (byte[] line in lines)
        {
            if (!verifier.Add(line))
                break;
        }
        verifier.Finish();
        return verifier.Fault;
    }
}
