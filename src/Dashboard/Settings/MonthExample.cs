using System.Globalization;
using Distribution.Contracts.Reports;
using Microsoft.AspNetCore.Http;

namespace Distribution.Dashboard.Settings;

/// <summary>A made-up month, to show what a contract means.</summary>
/// <param name="Gigabytes">Delivered, decimal.</param>
/// <param name="PeerPercent">Of it by peers; the rest goes half by the web seed and half by edges.</param>
internal sealed record MonthExample(int Gigabytes, int PeerPercent)
{
    public const int MaxGigabytes = 100_000_000;

    public static readonly MonthExample Default = new(10_000, 40);

    private const long BytesOfGigabyte = 1_000_000_000;

    public static MonthExample Read(IFormCollection form) =>
        new(
            Number(form["gigabytes"].ToString(), MaxGigabytes, Default.Gigabytes),
            Number(form["peers"].ToString(), 100, Default.PeerPercent)
        );

    public ReportBytes ToBytes()
    {
        long delivered = Gigabytes * BytesOfGigabyte;
        long peers = delivered / 100 * PeerPercent;
        long edges = (delivered - peers) / 2;
        return new ReportBytes
        {
            Delivered = new ByteRange(delivered, delivered),
            WebSeedBytes = delivered - peers - edges,
            EdgeBytes = edges,
            ViewerUploadBytes = peers,
        };
    }

    private static int Number(string text, int most, int otherwise) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? Math.Min(number, most)
            : otherwise;
}
