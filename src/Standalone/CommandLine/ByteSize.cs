using System.Globalization;

namespace Distribution.Standalone.CommandLine;

/// <summary>Sizes as people type them: "500M", "10GB", "10GiB", "1048576".</summary>
internal static class ByteSize
{
    private static readonly (string Suffix, long Factor)[] Units =
    [
        ("KIB", 1L << 10),
        ("MIB", 1L << 20),
        ("GIB", 1L << 30),
        ("TIB", 1L << 40),
        ("KB", 1_000),
        ("MB", 1_000_000),
        ("GB", 1_000_000_000),
        ("TB", 1_000_000_000_000),
        ("K", 1_000),
        ("M", 1_000_000),
        ("G", 1_000_000_000),
        ("T", 1_000_000_000_000),
        ("B", 1),
        ("", 1),
    ];

    /// <summary>Whole bytes, not negative.</summary>
    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        string upper = text.Trim().ToUpperInvariant();
        (string suffix, long factor) = Units.First(unit => upper.EndsWith(unit.Suffix, StringComparison.Ordinal));
        if (
            !decimal.TryParse(
                upper[..^suffix.Length].TrimEnd(),
                NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out decimal number
            )
            || number > long.MaxValue / factor
        )
            return false;
        bytes = (long)(number * factor);
        return true;
    }
}
