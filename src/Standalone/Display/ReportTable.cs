using System.Globalization;
using Distribution.Standalone.Client;
using Spectre.Console;

namespace Distribution.Standalone.Display;

/// <summary>The savings report for people.</summary>
internal static class ReportTable
{
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
        Row("which cost them", Money(report.Cost.ViewersBore, currency));
        Row("viewers", report.Viewers.ToString(CultureInfo.InvariantCulture));
        Row("of them download-only", report.DownloadOnlyViewers.ToString(CultureInfo.InvariantCulture));
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
        Table table = new Table()
            .Border(TableBorder.Simple)
            .AddColumns("from (UTC)", "delivered", "web seed", "edges", "peers", "offload");
        foreach (TableColumn column in table.Columns.Skip(1))
            column.RightAligned();
        foreach (ReportAnswer.BucketFigures bucket in report.Buckets)
            table.AddRow(
                new Text(Time(bucket.Start)),
                new Text(ByteText.Of(bucket.Delivered.Low, bucket.Delivered.High)),
                new Text(ByteText.Of(bucket.WebSeedBytes)),
                new Text(ByteText.Of(bucket.EdgeBytes)),
                new Text(ByteText.Of(bucket.PeerBytes.Low, bucket.PeerBytes.High)),
                new Text(Percent(bucket.Offload))
            );
        return table;
    }

    private static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    private static string Percent(ReportFigures.Between<double> share)
    {
        string low = (share.Low * 100).ToString("0.0", CultureInfo.InvariantCulture);
        string high = (share.High * 100).ToString("0.0", CultureInfo.InvariantCulture);
        return $"{Between(low, high)} %";
    }

    private static string Between(string low, string high) => low == high ? low : $"{low} – {high}";
}
