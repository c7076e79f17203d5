using System.Diagnostics;
using System.Globalization;
using Distribution.Contracts.Metering;
using Distribution.EdgeSeeder.Seeding;
using Microsoft.Extensions.Logging.Abstractions;

namespace Distribution.EdgeSeeder.Tests.Kit;

/// <summary>An engine in a process of its own, with one content in its memory, so that a test can kill it.</summary>
internal static class SeedingChild
{
    public const string Command = "seed";

    public static TestContent Content { get; } = new(16 << 20, 256 << 10, seed: 9);

    public static string JournalPath(string folder) => Path.Combine(folder, "sends.journal");

    /// <summary>Starts it; it is ready once it has said its port.</summary>
    public static async Task<(Process Process, int Port)> StartAsync(string folder)
    {
        var process = Process.Start(
            new ProcessStartInfo(Environment.ProcessPath!, [Command, folder])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            }
        )!;
        string? port = await process.StandardOutput.ReadLineAsync();
        return (process, int.Parse(port!, CultureInfo.InvariantCulture));
    }

    /// <summary>The child's side: seeds until its input ends.</summary>
    public static int Run(string folder)
    {
        SendJournal journal = SendJournal.Open(JournalPath(folder), TimeProvider.System);
        using var telemetry = new EdgeTelemetry();
        var engine = new SeedingEngine(
            0,
            new SeedingLimits { Tick = TimeSpan.FromMilliseconds(20) },
            journal,
            telemetry,
            TimeProvider.System,
            NullLogger.Instance
        );
        engine.Start();
        engine.Add(Content.Metainfo, new MemoryPieces(Content.Bytes, Content.Torrent.PieceLengthBytes));
        Console.WriteLine(engine.Port);
        Console.In.ReadToEnd();
        return 0;
    }
}
