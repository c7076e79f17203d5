using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Distribution.Dashboard.Text;

namespace Distribution.Dashboard.Reports;

/// <summary>A calendar month in an address, such as "2026-11".</summary>
internal static class StatementMonth
{
    private const string Format = "yyyy-MM";

    /// <param name="now">Months that begin later have no account.</param>
    /// <param name="error">What is wrong, for people.</param>
    public static bool TryParse(
        string? text,
        DateTimeOffset now,
        out DateTimeOffset start,
        [NotNullWhen(false)] out Refusal? error
    )
    {
        error =
            !DateTimeOffset.TryParseExact(
                text,
                Format,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out start
            )
            || start.Year < 1970
                ? new Refusal("A month is written as 2026-11.")
            : start > now ? new Refusal("That month has not begun.")
            : null;
        return error is null;
    }

    public static string Text(DateTimeOffset month) => month.ToString(Format, CultureInfo.InvariantCulture);
}
