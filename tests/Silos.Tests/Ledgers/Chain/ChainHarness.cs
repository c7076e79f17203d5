using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Ledgers.Chain;
using Distribution.Contracts.Reports;
using Distribution.Silos.Hosting;
using Distribution.Silos.Ledgers.Chain;
using Distribution.Silos.Reports;
using Distribution.Silos.State;
using Distribution.Silos.Tests.State;
using Distribution.Tests.Shared;
using Microsoft.Extensions.Logging.Abstractions;

namespace Distribution.Silos.Tests.Ledgers.Chain;

/// <summary>A ledger and its chain on a real store, and what a verifier makes of its exports.</summary>
internal sealed class ChainHarness : IAsyncDisposable
{
    private static readonly JsonSerializerOptions ByValue = new() { Converters = { new Scaleless() } };

    private readonly TestFolder _keys = new();
    private readonly List<IDisposable> _used = [];

    private ChainHarness(LedgerHarness ledger)
    {
        Ledger = ledger;
        Chain = NewChain();
    }

    public LedgerHarness Ledger { get; }

    public LedgerChain Chain { get; private set; }

    public StateDatabase Database => Ledger.Database;

    public string KeyPath => Path.Combine(_keys.Path, "keys", "ledger.key");

    public PriceOptions Prices { get; } = new() { Currency = "EUR", CdnPerGigabyte = 0.0321m };

    public static async Task<ChainHarness> StartAsync(ITestStore store) => new(await LedgerHarness.StartAsync(store));

    /// <summary>Another silo's, on the same database and key.</summary>
    public LedgerChain NewChain(StateDatabase? database = null)
    {
        var keys = new ChainKeyStore(
            new SiloOptions { StatePath = "-", LedgerKeyPath = KeyPath },
            database ?? Database
        );
        var chain = new LedgerChain(database ?? Database, keys, Prices, Ledger.Clock, NullLogger<LedgerChain>.Instance);
        _used.AddRange([chain, keys]);
        return chain;
    }

    /// <summary>A new process on the same state.</summary>
    public async Task RestartAsync()
    {
        await Ledger.RestartAsync();
        Chain = NewChain();
    }

    /// <summary>What GET /api/v1/ledger answers.</summary>
    public async Task<string> ExportAsync(DateTimeOffset? from = null)
    {
        LedgerExport export = await Chain.BeginExportAsync(from);
        var lines = new List<string>(export.FirstLines);
        for (long after = export.After; after < export.Last; )
        {
            LedgerExportPage page = await Chain.ReadAsync(after, export.Last);
            lines.AddRange(page.Lines);
            after = page.Last;
        }
        lines.Add(export.EndLine);
        return string.Concat(lines.Select(static line => line + "\n"));
    }

    public static Task<(ChainFault? Fault, ChainSummary Summary)> VerifyAsync(
        string export,
        ChainReport? report = null
    ) => VerifyAsync(Encoding.UTF8.GetBytes(export), report);

    public static async Task<(ChainFault? Fault, ChainSummary Summary)> VerifyAsync(
        byte[] export,
        ChainReport? report = null
    )
    {
        (ChainFault? fault, ChainSummary summary, _) = await ReadAsync(export, report);
        return (fault, summary);
    }

    public static async Task<(ChainFault? Fault, ChainSummary Summary, ExportPrices? Prices)> ReadAsync(
        byte[] export,
        ChainReport? report
    )
    {
        using var verifier = new ChainVerifier(report);
        var lines = new ChainLines(new MemoryStream(export));
        while (await lines.MoveNextAsync(default) && verifier.Add(lines.Current.Span)) { }
        verifier.Finish();
        return (verifier.Fault, verifier.Summary, verifier.Prices);
    }

    /// <summary>The entries that book hours.</summary>
    public static List<ChainHour> HoursOf(string export) =>
        [
            .. export
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(static line =>
                    ChainLineReader.TryRead(Encoding.UTF8.GetBytes(line), out ChainLine? read, out string? problem)
                        ? read
                        : throw new InvalidDataException(problem)
                )
                .OfType<ChainHour>(),
        ];

    /// <summary>The export's report and the database's are the same, of all files and of each.</summary>
    public async Task AssertReportsAgreeAsync(
        string export,
        long from = 0,
        long to = 4_000_000_000,
        params string[] files
    )
    {
        var reader = new ReportReader(Database, Prices);
        foreach (ReportBucketSize bucket in Enum.GetValues<ReportBucketSize>())
        {
            foreach (string? file in files.Append(null))
            {
                var recomputed = new ChainReport(Floor(from), Ceiling(to), file, bucket);
                (ChainFault? fault, _, ExportPrices? prices) = await ReadAsync(
                    Encoding.UTF8.GetBytes(export),
                    recomputed
                );
                Assert.Null(fault);
                SavingsReport again = recomputed.Build(prices!);
                SavingsReport report = await reader.ReadAsync(
                    new ReportQuery(
                        LedgerHarness.PublisherId,
                        file,
                        // Without a start the bill begins with the first hour.
                        again.From,
                        DateTimeOffset.FromUnixTimeSeconds(Ceiling(to)),
                        bucket
                    )
                );
                // The chain has no marks of announces that cannot be, no networks, and no upload of single viewers.
                Assert.Equal(
                    JsonSerializer.Serialize(
                        report with
                        {
                            Anomalies = [],
                            WholeUntil = null,
                            Regions = [],
                            Systems = [],
                            CrossSystem = null,
                            Uploads = [],
                        },
                        ByValue
                    ),
                    JsonSerializer.Serialize(again, ByValue)
                );
            }
        }
    }

    /// <summary>What the second verifier says of an export.</summary>
    public static async Task<ToolResult> PythonAsync(string export)
    {
        using var folder = new TestFolder();
        string path = Path.Combine(folder.Path, "ledger.jsonl");
        await File.WriteAllTextAsync(path, export, TestContext.Current.CancellationToken);
        return await ExternalTool.RunAsync("python3", Repository.PathOf("tests/Parsers/verify_ledger.py"), path);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IDisposable one in _used)
            one.Dispose();
        await Ledger.DisposeAsync();
        _keys.Dispose();
    }

    /// <summary>Writes 1.50 as 1.5: sums that are equal may differ in the zeros they end with.</summary>
    private sealed class Scaleless : JsonConverter<decimal>
    {
        public override decimal Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            reader.GetDecimal();

        public override void Write(Utf8JsonWriter writer, decimal value, JsonSerializerOptions options) =>
            writer.WriteNumberValue(value / 1.0000000000000000000000000000m);
    }

    private static long Floor(long time) => time - time % 3600;

    private static long Ceiling(long time) => Floor(time + 3599);
}
