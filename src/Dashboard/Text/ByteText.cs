using System.Globalization;
using Distribution.Contracts.Reports;

namespace Distribution.Dashboard.Text;

/// <summary>Byte counts for people: decimal units (1 kB is 1000 bytes), three significant digits.</summary>
internal static class ByteText
{
    private static readonly string[] Units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];

    /// <summary>"1.23 GB".</summary>
    public static string Of(long bytes)
    {
        (double value, string unit) = Scale(bytes);
        return $"{Digits(value, unit)} {unit}";
    }

    /// <summary>"1.23–4.56 GB", "999 kB – 1.20 MB", or one figure where both ends read alike.</summary>
    public static string Of(long low, long high)
    {
        (double lowValue, string lowUnit) = Scale(low);
        (double highValue, string highUnit) = Scale(high);
        string from = Digits(lowValue, lowUnit);
        string to = Digits(highValue, highUnit);
        if (lowUnit == highUnit)
            return from == to ? $"{from} {lowUnit}" : $"{from}–{to} {lowUnit}";
        // "0–3 MB" reads better than "0 B – 3 MB".
        return low == 0 ? $"0–{to} {highUnit}" : $"{from} {lowUnit} – {to} {highUnit}";
    }

    /// <summary>"5 GB", "2.5 GB": for round numbers, without the zeros behind them.</summary>
    public static string Round(long bytes)
    {
        (double value, string unit) = Scale(bytes);
        return $"{value.ToString("0.##", CultureInfo.InvariantCulture)} {unit}";
    }

    /// <summary>"1,234,567 bytes".</summary>
    public static string Exact(long bytes) =>
        bytes.ToString("N0", CultureInfo.InvariantCulture) + (bytes == 1 ? " byte" : " bytes");

    /// <summary>"1,234 bytes to 5,678 bytes", or one figure where both ends are the same.</summary>
    public static string Exact(ByteRange bytes) =>
        bytes.Low == bytes.High ? Exact(bytes.Low) : $"{Exact(bytes.Low)} to {Exact(bytes.High)}";

    private static (double Value, string Unit) Scale(long bytes)
    {
        double value = bytes;
        int unit = 0;
        // 999.5 would be written "1000".
        while (value >= 999.5 && unit < Units.Length - 1)
        {
            value /= 1000;
            unit++;
        }
        return (value, Units[unit]);
    }

    private static string Digits(double value, string unit) =>
        value.ToString(
            unit == Units[0] || value >= 99.95 ? "0"
                : value >= 9.995 ? "0.0"
                : "0.00",
            CultureInfo.InvariantCulture
        );
}
