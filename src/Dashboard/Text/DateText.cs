using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Localization;

namespace Distribution.Dashboard.Text;

/// <summary>
/// Times in UTC as a page's reader writes them. Order and months are in the resource files, like all words: the program runs without the system's
/// cultures.
/// </summary>
internal static class DateText
{
    private static readonly ConcurrentDictionary<string, DateTimeFormatInfo> Months = new(StringComparer.Ordinal);

    /// <summary>"12 Mar 2026, 14:05 UTC".</summary>
    public static string Time(DateTimeOffset time, IStringLocalizer<PortalText> words) =>
        Write(time, words["d MMM yyyy, HH:mm 'UTC'"], words);

    /// <summary>"12 Mar 2026, 14:05", where the head of a table says of which zone.</summary>
    public static string Hour(DateTimeOffset time, IStringLocalizer<PortalText> words) =>
        Write(time, words["d MMM yyyy, HH:mm"], words);

    /// <summary>"12 Mar 2026".</summary>
    public static string Date(DateTimeOffset time, IStringLocalizer<PortalText> words) =>
        Write(time, words["d MMM yyyy"], words);

    /// <summary>"12 Mar".</summary>
    public static string Day(DateTimeOffset time, IStringLocalizer<PortalText> words) =>
        Write(time, words["d MMM"], words);

    /// <summary>"Mar 2026".</summary>
    public static string ShortMonth(DateTimeOffset time, IStringLocalizer<PortalText> words) =>
        Write(time, words["MMM yyyy"], words);

    /// <summary>"March 2026".</summary>
    public static string Month(DateTimeOffset time, IStringLocalizer<PortalText> words) =>
        Write(time, words["MMMM yyyy"], words);

    private static string Write(DateTimeOffset time, string pattern, IStringLocalizer<PortalText> words)
    {
        string few = words["Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"];
        if (!Months.TryGetValue(few, out DateTimeFormatInfo? months))
        {
            string whole = words[
                "January February March April May June July August September October November December"
            ];
            months = Months.GetOrAdd(few, Make(few, whole));
        }
        return time.UtcDateTime.ToString(pattern, months);
    }

    private static DateTimeFormatInfo Make(string few, string whole)
    {
        var made = (DateTimeFormatInfo)DateTimeFormatInfo.InvariantInfo.Clone();
        // Twelve months, and the thirteenth that some calendars have.
        made.AbbreviatedMonthNames = made.AbbreviatedMonthGenitiveNames = [.. few.Split(' '), ""];
        made.MonthNames = made.MonthGenitiveNames = [.. whole.Split(' '), ""];
        return made;
    }
}
