using System.Globalization;

namespace Distribution.Standalone.Display;

/// <summary>Sizes for people, in decimal units as bills are written.</summary>
internal static class ByteText
{
    private static readonly string[] Units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];

    public static string Of(long bytes)
    {
        double value = bytes;
        int unit = 0;
        while (Math.Abs(value) >= 999.5 && unit < Units.Length - 1)
        {
            value /= 1000;
            unit++;
        }
        string number = value.ToString(unit == 0 ? "0" : "G3", CultureInfo.InvariantCulture);
        return $"{number} {Units[unit]}";
    }

    /// <summary>"a" where both are the same, else "a – b".</summary>
    public static string Of(long low, long high) => low == high ? Of(low) : $"{Of(low)} – {Of(high)}";
}
