using System.Globalization;
using System.Text;
using Distribution.Contracts.Reports;

namespace Distribution.Dashboard.Reports;

/// <summary>The report's buckets as CSV (RFC 4180): a header, then a line a bucket. Numbers and times only, so nothing needs quoting.</summary>
internal static class ReportCsv
{
    public const string ContentType = "text/csv";

    private const string Header =
        "start,deliveredLow,deliveredHigh,webSeedBytes,directBytes,edgeBytes,edgeFillBytes,"
        + "peerBytesLow,peerBytesHigh,offloadLow,offloadHigh,viewerUploadBytes,"
        + "cdnBytes,edgeMetadataBytes,edgeOverheadBytes,wasteBytes\r\n";

    public static string Write(SavingsReport report)
    {
        var text = new StringBuilder(Header);
        foreach (ReportBucket bucket in report.Buckets)
        {
            ReportBytes bytes = bucket.Bytes;
            text.Append(
                CultureInfo.InvariantCulture,
                $"{bucket.Start.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'},{bytes.Delivered.Low},{bytes.Delivered.High},"
            );
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
                $"{bytes.CdnBytes},{bytes.EdgeMetadataBytes},{bytes.EdgeOverheadBytes},{bytes.WasteBytes}\r\n"
            );
        }
        return text.ToString();
    }
}
