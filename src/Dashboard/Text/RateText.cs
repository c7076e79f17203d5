using System.Globalization;

namespace Distribution.Dashboard.Text;

/// <summary>Rates for people, as networks and video people say them: bits, decimal.</summary>
internal static class RateText
{
    private static readonly string[] Units = ["bit/s", "kbit/s", "Mbit/s", "Gbit/s", "Tbit/s"];

    /// <summary>"12.5 Mbit/s", "0 bit/s".</summary>
    public static string Of(long bytesPerSecond)
    {
        double value = bytesPerSecond * 8.0;
        int unit = 0;
        while (value >= 999.5 && unit < Units.Length - 1)
        {
            value /= 1000;
            unit++;
        }
        string digits = value.ToString(
            unit == 0 || value >= 99.95 ? "0"
                : value >= 9.995 ? "0.0"
                : "0.00",
            CultureInfo.InvariantCulture
        );
        return $"{digits} {Units[unit]}";
    }
}
