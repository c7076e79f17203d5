using System.Globalization;
using System.Text;
using Distribution.Contracts.Reports;

namespace Distribution.Dashboard.Reports;

/// <summary>The report's buckets as CSV (RFC 4180): a header, then a line a bucket. Numbers, times and codes only, so nothing needs quoting.</summary>
internal static class ReportCsv
{
    public const string ContentType = "text/csv";

    private const string Figures =
        "deliveredLow,deliveredHigh,webSeedBytes,directBytes,edgeBytes,edgeFillBytes,"
        + "peerBytesLow,peerBytesHigh,offloadLow,offloadHigh,viewerUploadBytes,"
        + "cdnBytes,edgeMetadataBytes,edgeOverheadBytes,wasteBytes,lateBytes\r\n";

    /// <param name="by">"region" or "system": a line each; otherwise a line a bucket.</param>
    public static string Write(SavingsReport report, string? by = null)
    {
        if (by is "region" or "system")
            return WriteNetworks(by is "region" ? report.Regions : report.Systems, by);
        StringBuilder text = new StringBuilder("start,").Append(Figures);
        foreach (ReportBucket bucket in report.Buckets)
            Append(text.Append(CultureInfo.InvariantCulture, $"{Time(bucket.Start)},"), bucket.Bytes);
        return text.ToString();
    }

    /// <summary>What is not known has a line without a name.</summary>
    private static string WriteNetworks(IReadOnlyList<ReportNetwork> networks, string by)
    {
        StringBuilder text = new StringBuilder(by).Append(',').Append(Figures);
        foreach (ReportNetwork one in networks)
            Append(text.Append(CultureInfo.InvariantCulture, $"{one.Region}{one.System},"), one.Bytes);
        return text.ToString();
    }

    /// <summary>A line a file.</summary>
    public static string Write(IReadOnlyList<ReportFile> files)
    {
        StringBuilder text = new StringBuilder("file,").Append(Figures);
        foreach (ReportFile file in files)
            Append(text.Append(CultureInfo.InvariantCulture, $"{file.FileId},"), file.Bytes);
        return text.ToString();
    }

    /// <summary>A line a file; then one a correction, which has the number of its entry and when that was appended.</summary>
    public static string Write(MonthStatement month)
    {
        StringBuilder text = new StringBuilder("file,correctionEntry,correctedAt,").Append(Figures);
        foreach (MonthFile file in month.Files)
            Append(text.Append(CultureInfo.InvariantCulture, $"{file.FileId},,,"), file.Bytes);
        foreach (MonthCorrection one in month.Corrections)
            Append(
                text.Append(CultureInfo.InvariantCulture, $"{one.FileId},{one.Sequence},{Time(one.At)},"),
                one.Bytes
            );
        return text.ToString();
    }

    private static void Append(StringBuilder text, ReportBytes bytes)
    {
        text.Append(CultureInfo.InvariantCulture, $"{bytes.Delivered.Low},{bytes.Delivered.High},");
        text.Append(
            CultureInfo.InvariantCulture,
            $"{bytes.WebSeedBytes},{bytes.DirectBytes},{bytes.EdgeBytes},{bytes.EdgeFillBytes},"
        );
        text.Append(
            CultureInfo.InvariantCulture,
            $"{bytes.PeerBytes.Low},{bytes.PeerBytes.High},{bytes.Offload.Low:0.######},{bytes.Offload.High:0.######},{bytes.ViewerUploadBytes},"
        );
        text.Append(
            CultureInfo.InvariantCulture,
            $"{bytes.CdnBytes},{bytes.EdgeMetadataBytes},{bytes.EdgeOverheadBytes},{bytes.WasteBytes},{bytes.LateBytes}\r\n"
        );
    }

    private static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
