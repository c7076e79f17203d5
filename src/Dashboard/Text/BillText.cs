using System.Globalization;
using Distribution.Contracts.Costs;
using Microsoft.Extensions.Localization;

namespace Distribution.Dashboard.Text;

/// <summary>Lines of a bill for people, exact enough to be checked by hand.</summary>
internal static class BillText
{
    /// <summary>"Traffic, Europe: above 10,240 GiB".</summary>
    public static string What(BillLine line, IStringLocalizer words)
    {
        string what = line.Item switch
        {
            BillItem.Traffic => words["Traffic"],
            BillItem.Fee => words["Fee"],
            BillItem.Commitment => words["Commitment"],
            BillItem.Overage => words["Overage"],
            BillItem.BeyondQuota => words["Beyond the quota, not billed"],
            BillItem.PeakRate => words["95th percentile of hourly rates"],
            BillItem.Earlier => words["Less what the month had cost before"],
            BillItem.Fill => words["Edge fill"],
            BillItem.Edge => words["Edges"],
            BillItem.EdgeOverhead => words["Edges’ protocol and metadata"],
            BillItem.EdgeNodes => words["Edge machines"],
            BillItem.Platform => words["Platform"],
            _ => words["Platform, by what was delivered"],
        };
        if (line.Region.Length > 0)
            what += $", {line.Region}";
        return Tier(line, words) is { } tier ? $"{what}: {tier}" : what;
    }

    /// <summary>"1,234.567 GB"; "240 of 720 hours" of a month.</summary>
    public static string Quantity(BillLine line, IStringLocalizer words)
    {
        if (line.Unit != BillUnit.Month)
            return $"{Number(line.Quantity)} {Unit(line.Unit, words)}";
        int monthHours = 24 * DateTime.DaysInMonth(line.From.UtcDateTime.Year, line.From.UtcDateTime.Month);
        return words["{0} of {1} hours", Number((decimal)(line.To - line.From).TotalHours), monthHours];
    }

    /// <summary>"$0.085 / GB".</summary>
    public static string Price(BillLine line, string currency, IStringLocalizer words) =>
        $"{Exact(line.UnitPrice, currency)} / {Unit(line.Unit, words)}";

    /// <summary>An amount to four decimals; to eight below one, where a line may be of a few megabytes.</summary>
    public static string Exact(decimal amount, string currency)
    {
        decimal size = Math.Abs(amount);
        string digits = size.ToString(size < 1 ? "0.00######" : "#,##0.00##", CultureInfo.InvariantCulture);
        string sign = amount < 0 && digits.Any(static digit => digit is >= '1' and <= '9') ? "−" : "";
        return currency switch
        {
            "USD" => $"{sign}${digits}",
            "EUR" => $"{sign}€{digits}",
            "GBP" => $"{sign}£{digits}",
            _ => $"{sign}{digits} {currency}",
        };
    }

    /// <summary>"12.3456%".</summary>
    public static string Share(BillShare share) =>
        (share.Part * 100).ToString("0.####", CultureInfo.InvariantCulture) + "%";

    private static string? Tier(BillLine line, IStringLocalizer words)
    {
        if (line.TierAbove is not { } above || (above == 0 && line.TierUpTo is null))
            return null;
        string unit = Unit(line.Unit, words);
        return line.TierUpTo is { } upTo
            ? words["{0} to {1} {2} of the month", Number(above), Number(upTo), unit]
            : words["above {0} {1} of the month", Number(above), unit];
    }

    private static string Unit(BillUnit unit, IStringLocalizer words) =>
        unit switch
        {
            BillUnit.Gigabyte => "GB",
            BillUnit.Gibibyte => "GiB",
            BillUnit.Month => words["month"],
            _ => "Mbit/s",
        };

    private static string Number(decimal number)
    {
        // To the byte below a gigabyte, to the megabyte above: more changes no cent.
        decimal size = Math.Abs(number);
        string digits = size.ToString(size < 1 ? "0.#########" : "#,##0.###", CultureInfo.InvariantCulture);
        return number < 0 ? $"−{digits}" : digits;
    }
}
