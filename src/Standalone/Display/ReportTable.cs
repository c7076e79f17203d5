using System.Globalization;
using Distribution.Standalone.Client;
using Spectre.Console;

namespace Distribution.Standalone.Display;

/// <summary>The savings report for people.</summary>
internal static class ReportTable
{
    /// <summary>The rest is in --csv and --json.</summary>
    private const int MaxNetworks = 20;

    public static void Print(ReportAnswer report)
    {
        string currency = Terminal.Plain(report.Currency);
        Table totals = new Table().Border(TableBorder.Simple).HideHeaders().AddColumns("what", "figure");
        totals.Columns[1].RightAligned();
        totals.Title = new TableTitle($"{Time(report.From)} to {Time(report.To)}, UTC");
        Row("delivered to viewers", ByteText.Of(report.Delivered.Low, report.Delivered.High));
        Row("  by the web seed and the plain link", ByteText.Of(report.WebSeedBytes));
        Row("  by edges", ByteText.Of(report.EdgeBytes));
        if (report.CdnBytes > 0)
            Row("  by the CDN, from its logs", ByteText.Of(report.CdnBytes));
        Row("  by peers", ByteText.Of(report.PeerBytes.Low, report.PeerBytes.High));
        Row("offload", Percent(report.Offload));
        Row("edge fill (a cost, not delivered)", ByteText.Of(report.EdgeFillBytes));
        Row("edges' metadata, likewise", ByteText.Of(report.EdgeMetadataBytes));
        Row("edges' protocol, likewise", ByteText.Of(report.EdgeOverheadBytes));
        Row("sent twice or in vain", ByteText.Of(report.WasteBytes));
        Costs(report.Cost, currency);
        Row("viewers uploaded", ByteText.Of(report.ViewerUploadBytes));
        if (report.Uploads.Ratio is { } ratio)
            Row("  for each byte delivered", ratio.ToString("0.00", CultureInfo.InvariantCulture));
        foreach (ReportAnswer.UploadFigures.Bin bin in report.Uploads.Viewers)
            Row(
                bin.FromBytes == 0
                    ? "  viewers with nothing"
                    : $"  viewers with {ByteText.Of(bin.FromBytes)} to {ByteText.Of(bin.ToBytes)}",
                bin.Viewers.ToString(CultureInfo.InvariantCulture)
            );
        if (report.CrossSystem is { } crossed)
            Row("peers' bytes between networks", Percent(crossed));
        Row("which cost them", Money(report.Cost.ViewersBore, currency));
        Row("viewers", report.Viewers.ToString(CultureInfo.InvariantCulture));
        Row("of them download-only", report.DownloadOnlyViewers.ToString(CultureInfo.InvariantCulture));
        if (report.Holdout is { } holdout)
        {
            Row("viewers with peers beside servers only", holdout.Note ?? "");
            Compare("  how many", static group => group.Viewers);
            Compare("  got all", static group => group.Completed);
            Compare("  never did", static group => group.Unfinished);
            Compare("  first bytes after, s (median)", static group => group.StartUpSeconds);
            Compare("  all after, s (median)", static group => group.CompletionSeconds);

            void Compare(string what, Func<ReportAnswer.HoldoutFigures.Group, double?> figure) =>
                Row(what, $"{Number(figure(holdout.WithPeers))} | {Number(figure(holdout.ServersOnly))}");
        }
        if (report.WhatIf is { } other)
        {
            Row($"under {Terminal.Plain(other.ContractName)}", other.IsApproximate ? "(approximately)" : "");
            Costs(other.Cost, Terminal.Plain(other.Currency));
        }
        if (report.Compared is { } before)
        {
            Row($"{Time(before.From)} to {Time(before.To)}", "(compared)");
            Row("delivered to viewers", ByteText.Of(before.Delivered.Low, before.Delivered.High));
            Row("  by peers", ByteText.Of(before.PeerBytes.Low, before.PeerBytes.High));
            Row("offload", Percent(before.Offload));
            Costs(before.Cost, currency);
            Row("viewers", before.Viewers.ToString(CultureInfo.InvariantCulture));
        }
        IAnsiConsole console = Terminal.ForResults();
        console.Write(totals);
        if (report.Buckets.Count > 0)
            console.Write(Buckets(report));
        if (report.Regions.Any(static one => one.Region is not null))
            console.Write(Networks("region", report.Regions));
        if (report.Systems.Any(static one => one.System is not null))
            console.Write(Networks("AS", report.Systems));

        void Row(string what, string figure) => totals.AddRow(new Text(what), new Text(figure));
        void Costs(ReportAnswer.CostFigures cost, string money)
        {
            Row("cost had a CDN sent all", Money(cost.CdnOnly, money));
            Row("actual cost", Money(cost.Actual, money));
            Row("saved", Between(Money(cost.Saved.Low, money), Money(cost.Saved.High, money)));
        }
        static string Money(decimal amount, string money) =>
            amount.ToString("0.00##", CultureInfo.InvariantCulture) + " " + money;
    }

    private static Table Buckets(ReportAnswer report)
    {
        Table table = Sources("from (UTC)");
        foreach (ReportAnswer.BucketFigures bucket in report.Buckets)
            AddRow(table, Time(bucket.Start), bucket);
        return table;
    }

    private static Table Networks(string what, IReadOnlyList<ReportAnswer.NetworkFigures> networks)
    {
        Table table = Sources(what);
        foreach (ReportAnswer.NetworkFigures one in networks.Take(MaxNetworks))
            AddRow(table, Terminal.Plain($"{one.Region}{one.System}") is { Length: > 0 } name ? name : "unknown", one);
        return table;
    }

    private static Table Sources(string what)
    {
        Table table = new Table()
            .Border(TableBorder.Simple)
            .AddColumns(what, "delivered", "web seed", "edges", "peers", "offload");
        foreach (TableColumn column in table.Columns.Skip(1))
            column.RightAligned();
        return table;
    }

    private static void AddRow(Table table, string what, ReportFigures figures) =>
        table.AddRow(
            new Text(what),
            new Text(ByteText.Of(figures.Delivered.Low, figures.Delivered.High)),
            new Text(ByteText.Of(figures.WebSeedBytes)),
            new Text(ByteText.Of(figures.EdgeBytes)),
            new Text(ByteText.Of(figures.PeerBytes.Low, figures.PeerBytes.High)),
            new Text(Percent(figures.Offload))
        );

    private static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    private static string Percent(ReportFigures.Between<double> share)
    {
        string low = (share.Low * 100).ToString("0.0", CultureInfo.InvariantCulture);
        string high = (share.High * 100).ToString("0.0", CultureInfo.InvariantCulture);
        return $"{Between(low, high)} %";
    }

    private static string Number(double? figure) => figure?.ToString("0.##", CultureInfo.InvariantCulture) ?? "-";

    private static string Between(string low, string high) => low == high ? low : $"{low} – {high}";
}
