using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Distribution.BitTorrent;
using Distribution.Ingest.Pieces;

namespace Distribution.Benchmarks.Hashing;

/// <summary>
/// How fast the hashes of an upload are made on all cores, beside what the hash functions themselves allow: `openssl speed` of SHA-1 and
/// SHA-256 on one core times the cores, and on all cores at once (on cores that are two threads of one, these differ). Then the hash functions by
/// themselves, and all by what a second of CPU gives, which other work on the machine disturbs less.
/// </summary>
internal static partial class Program
{
    private const long ContentBytes = 1L << 30;
    private const int PieceLengthBytes = 1 << 20;
    private const int DefaultRounds = 5;
    private const string PerCpu = ", a CPU-second";

    private static async Task<int> Main(string[] arguments)
    {
        int rounds = DefaultRounds;
        if (arguments.Length > 1 || arguments.Length == 1 && !int.TryParse(arguments[0], out rounds))
        {
            await Console.Error.WriteLineAsync("One argument at most: how many rounds.");
            return 2;
        }
        int cores = Environment.ProcessorCount;
        Console.WriteLine(
            $"{cores} cores; {ContentBytes} bytes in memory, pieces of {PieceLengthBytes}; medians of {rounds}"
        );
        byte[] content = GC.AllocateUninitializedArray<byte>((int)ContentBytes);
        RandomNumberGenerator.Fill(content);
        using var workers = new HashWorkers();
        await MeasureAsync(workers, content, TorrentVersions.Hybrid, true);

        var found = new Dictionary<string, List<double>>();
        for (int round = 0; round < rounds; round++)
        {
            Note("openssl sha1, one core", OpenSsl("sha1", 1));
            Note("openssl sha256, one core", OpenSsl("sha256", 1));
            Note("openssl sha1, all cores", OpenSsl("sha1", cores));
            Note("openssl sha256, all cores", OpenSsl("sha256", cores));
            await NoteAsync("v1", TorrentVersions.V1, hashesContent: false);
            await NoteAsync("hybrid", TorrentVersions.Hybrid, hashesContent: false);
            await NoteAsync("hybrid, out of a stream", TorrentVersions.Hybrid, hashesContent: false, copied: true);
            await NoteAsync("v1 and the whole file's SHA-256", TorrentVersions.V1, hashesContent: true);
            await NoteAsync("hybrid and the whole file's SHA-256", TorrentVersions.Hybrid, hashesContent: true);
            foreach ((string name, double bytesPerSecond) in Kernels.Measure(content))
                Note($"{name}{PerCpu}", bytesPerSecond);
        }
        foreach ((string name, List<double> values) in found)
            Console.WriteLine($"{name, -50} {Median(values) / 1e9:0.00} GB/s");
        foreach ((string how, int factor) in ((string, int)[])[("one core", cores), ("all cores", 1)])
        {
            double sha1 = Median(found[$"openssl sha1, {how}"]) * factor;
            double sha256 = Median(found[$"openssl sha256, {how}"]) * factor;
            string limit = factor == 1 ? "openssl on all cores" : $"{factor} x openssl on one core";
            Console.WriteLine($"v1: {Median(found["v1"]) / sha1:0.00} of {limit}");
            Console.WriteLine(
                $"hybrid: {Median(found["hybrid"]) * (1 / sha1 + 1 / sha256):0.00} of {limit}, both hashes"
            );
        }
        return 0;

        async Task NoteAsync(string name, TorrentVersions versions, bool hashesContent, bool copied = false)
        {
            (double elapsed, double cpu) = await MeasureAsync(workers, content, versions, hashesContent, copied);
            Note(name, elapsed);
            Note($"{name}{PerCpu}", cpu);
        }

        void Note(string name, double bytesPerSecond)
        {
            if (!found.TryGetValue(name, out List<double>? values))
                found[name] = values = [];
            values.Add(bytesPerSecond);
        }
    }

    /// <summary>Bytes per second, and per second of CPU.</summary>
    private static async Task<(double Elapsed, double Cpu)> MeasureAsync(
        HashWorkers workers,
        byte[] content,
        TorrentVersions versions,
        bool hashesContent,
        bool copied = false
    )
    {
        long started = Stopwatch.GetTimestamp();
        TimeSpan cpuBefore = Environment.CpuUsage.TotalTime;
        var map = new PieceMap(PieceLengthBytes, versions, ContentBytes);
        var hasher = new ParallelContentHasher(map, workers, hashesContent: hashesContent);
        HashedStretch end = copied
            ? await hasher.HashAsync(new MemoryStream(content, writable: false))
            : await hasher.HashAsync(content.AsMemory());
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return (end.End / seconds, end.End / (Environment.CpuUsage.TotalTime - cpuBefore).TotalSeconds);
    }

    /// <summary>Bytes per second of all processes together, in blocks of 16 KiB.</summary>
    private static double OpenSsl(string algorithm, int processes)
    {
        string[] arguments =
        [
            "speed",
            "-seconds",
            "1",
            "-bytes",
            "16384",
            "-mr",
            .. processes > 1 ? ["-multi", $"{processes}"] : Array.Empty<string>(),
            "-evp",
            algorithm,
        ];
        using Process process = Process.Start(
            new ProcessStartInfo("openssl", arguments) { RedirectStandardOutput = true, RedirectStandardError = true }
        )!;
        _ = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Match last = Result().Matches(output)[^1];
        return double.Parse(last.Groups[1].Value, CultureInfo.InvariantCulture);
    }

    private static double Median(List<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1
            ? sorted[sorted.Length / 2]
            : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
    }

    [GeneratedRegex(@"^\+F:\d+:[^:]+:([\d.]+)\s*$", RegexOptions.Multiline)]
    private static partial Regex Result();
}
