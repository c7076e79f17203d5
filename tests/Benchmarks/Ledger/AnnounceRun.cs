using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Distribution.BitTorrent;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Ledgers;
using Distribution.Silos.State;
using Distribution.Silos.Traffic;
using Microsoft.Extensions.Logging.Abstractions;

namespace Distribution.Benchmarks.Ledger;

/// <summary>
/// CPU that an announce costs the ledger: one without news is only looked at, against the viewer as the peer table holds it; one with news is
/// booked, in transactions of many. What share that is of an announce, the tracker's benchmark tells.
/// </summary>
internal static class AnnounceRun
{
    private const long Size = 1L << 30;
    private const int Viewers = 20_000;
    private const int Batch = 64;
    private const int Looks = 20_000_000;

    public static async Task<int> RunAsync()
    {
        string folder = Directory.CreateTempSubdirectory("ledger-benchmark-").FullName;
        try
        {
            await using StateDatabase database = StateDatabase.Open(Path.Combine(folder, "state.db"));
            TimeProvider clock = TimeProvider.System;
            var ledger = new Silos.Ledgers.Ledger(
                database,
                new RecentTraffic(clock),
                clock,
                NullLogger<Silos.Ledgers.Ledger>.Instance
            );
            var file = new InfoHash(SHA1.HashData([1]));
            await ledger.OpenFileAsync(new LedgerFile(file, "file", "default", Size));
            BookedViewer first = default;
            for (int step = 0; step < 3; step++)
            {
                TimeSpan before = Cpu();
                var batches = new List<Task<BookedViewer?[]>>();
                foreach (int[] some in Enumerable.Range(0, Viewers).Chunk(Batch))
                    batches.Add(
                        ledger.RecordAnnouncesAsync([.. some.Select(viewer => (file, Announce(viewer, Size >> step)))])
                    );
                BookedViewer?[][] booked = await Task.WhenAll(batches);
                first = booked[0][0]!.Value;
                Tell(step == 0 ? "booked, a new viewer" : "booked, with news", Cpu() - before, Viewers);
            }
            ViewerAnnounce same = Announce(0, Size >> 2);
            TimeSpan begin = Cpu();
            int changes = 0;
            for (int i = 0; i < Looks; i++)
                changes += ledger.Changes(first, same, Size) ? 1 : 0;
            Tell("looked at, without news", Cpu() - begin, Looks);
            return changes == 0 ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static ViewerAnnounce Announce(int viewer, long left) =>
        new(
            new PeerId(SHA1.HashData(BitConverter.GetBytes(viewer))),
            new IPAddress(0x0B_00_00_00L + viewer),
            AnnounceEvent.None,
            left,
            0,
            -1
        );

    private static TimeSpan Cpu()
    {
        using var self = Process.GetCurrentProcess();
        return self.TotalProcessorTime;
    }

    private static void Tell(string what, TimeSpan cpu, long count) =>
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{what, -60} {cpu.TotalMicroseconds / count, 10:0.000} µs of CPU each"
            )
        );
}
