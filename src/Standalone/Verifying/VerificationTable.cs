using System.Globalization;
using System.Text.Json;
using Distribution.Contracts.Ledgers.Chain;
using Distribution.Contracts.Reports;
using Distribution.Silos.Ledgers.Chain;
using Distribution.Standalone.Client;
using Distribution.Standalone.Display;
using Spectre.Console;

namespace Distribution.Standalone.Verifying;

/// <summary>A verification in which all fits, for people.</summary>
internal static class VerificationTable
{
    public static void Print(Verification done, string? fileId, ReportBucketSize bucket)
    {
        ChainSummary summary = done.Summary;
        Table table = new Table().Border(TableBorder.Simple).HideHeaders().AddColumns("what", "value");
        Row("chain", done.IsCompared ? "fits, and extends the earlier export" : "fits");
        Row(
            "entries",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{summary.Entries}, of them {summary.Checkpoints} checkpoints and {summary.LateEntries} late"
            )
        );
        if (summary.After > 0)
            Row(
                "a part",
                $"the entries after {summary.After}; hours from {Time(summary.CompleteFrom)} on are complete"
            );
        Row(
            "hours",
            summary is { FirstHour: { } first, LastHour: { } last }
                ? $"{Time(first)} to {Time(last + HourSeconds)}, closed before {Time(summary.Through)}"
                : "none"
        );
        ChainFigures totals = summary.Totals;
        Row("delivered", ByteText.Of(totals.Low, totals.High));
        Row("  web seed, plain link", $"{ByteText.Of(totals.WebSeed)}, {ByteText.Of(totals.Direct)}");
        if (totals.Cdn > 0)
            Row("  CDN", ByteText.Of(totals.Cdn));
        Row("  edges, their fill", $"{ByteText.Of(totals.Edge)}, {ByteText.Of(totals.EdgeFill)}");
        if (totals.EdgeMetadata + totals.EdgeOverhead > 0)
            Row(
                "  edges' metadata, protocol",
                $"{ByteText.Of(totals.EdgeMetadata)}, {ByteText.Of(totals.EdgeOverhead)}"
            );
        if (totals.Waste > 0)
            Row("  of it twice or in vain", ByteText.Of(totals.Waste));
        Row("viewers uploaded", ByteText.Of(totals.ViewerUpload));
        Row("last entry", $"{summary.Last}, {summary.Head}");
        Row("key", summary.Fingerprint);
        Terminal.ForResults().Write(table);
        if (done.Report is { } report)
            PrintReports(done, report, fileId, bucket);

        void Row(string what, string value) => table.AddRow(new Text(what), new Text(value));
    }

    private const int HourSeconds = 3600;

    private static void PrintReports(Verification done, ChainReport report, string? fileId, ReportBucketSize bucket)
    {
        using var whole = JsonDocument.Parse(
            VerificationResource.ReportOf(done, report, fileId, bucket).ToJsonString()
        );
        if (ReportAnswer.Read(whole.RootElement).TryGet(out ReportAnswer? all, out _))
            ReportTable.Print(all);
        if (report.PublisherIds is { Count: > 1 } several)
            Terminal
                .ForResults()
                .WriteLine(
                    Terminal.Plain(
                        $"Of {several.Count} publishers, reckoned as one under the server's prices; "
                            + $"--publisher reckons one under its own: {string.Join(", ", several)}"
                    )
                );
        if (report.FileIds.Count == 0 || fileId is not null)
            return;
        Table files = new Table()
            .Border(TableBorder.Simple)
            .AddColumns("file", "delivered", "web seed", "edges", "viewers", "saved");
        foreach (TableColumn column in files.Columns.Skip(1))
            column.RightAligned();
        foreach (string id in report.FileIds)
        {
            SavingsReport one = report.Build(done.Prices!, id);
            files.AddRow(
                new Text(Terminal.Plain(id)),
                new Text(ByteText.Of(one.Bytes.Delivered.Low, one.Bytes.Delivered.High)),
                new Text(ByteText.Of(one.Bytes.WebSeedBytes)),
                new Text(ByteText.Of(one.Bytes.EdgeBytes)),
                new Text(one.Viewers.ToString(CultureInfo.InvariantCulture)),
                new Text($"{Money(one.Cost.Saved.Low)} – {Money(one.Cost.Saved.High)} {Terminal.Plain(one.Currency)}")
            );
        }
        Terminal.ForResults().Write(files);
    }

    private static string Money(decimal amount) => amount.ToString("0.00##", CultureInfo.InvariantCulture);

    private static string Time(long unixSeconds) =>
        DateTimeOffset.FromUnixTimeSeconds(unixSeconds).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
