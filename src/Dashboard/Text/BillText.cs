using System.Globalization;
using Distribution.Contracts.Costs;

namespace Distribution.Dashboard.Text;

/// <summary>Lines of a bill for people, exact enough to be checked by hand.</summary>
internal static class BillText
{
    /// <summary>"Traffic, Europe: above 10,240 GiB".</summary>
    public static string What(BillLine line)
    {
        string what = line.Item switch
        {
            BillItem.Traffic => "Traffic",
            BillItem.Fee => "Fee",
            BillItem.Commitment => "Commitment",
            BillItem.Overage => "Overage",
            BillItem.BeyondQuota => "Beyond the quota, not billed",
            BillItem.PeakRate => "95th percentile of hourly rates",
            BillItem.Earlier => "Less what the month had cost before",
            BillItem.Fill => "Edge fill",
            BillItem.Edge => "Edges",
            BillItem.EdgeOverhead => "Edges’ protocol and metadata",
            BillItem.EdgeNodes => "Edge machines",
            BillItem.Platform => "Platform",
            _ => "Platform, by what was delivered",
        };
        if (line.Region.Length > 0)
            what += $", {line.Region}";
        return Tier(line) is { } tier ? $"{what}: {tier}" : what;
    }

    /// <summary>"1,234.567 GB"; "240 of 720 hours" of a month.</summary>
    public static string Quantity(BillLine line)
    {
        if (line.Unit != BillUnit.Month)
            return $"{Number(line.Quantity)} {Unit(line.Unit)}";
        int monthHours = 24 * DateTime.DaysInMonth(line.From.UtcDateTime.Year, line.From.UtcDateTime.Month);
        return $"{Number((decimal)(line.To - line.From).TotalHours)} of {monthHours} hours";
    }

    /// <summary>"$0.085 / GB".</summary>
    public static string Price(BillLine line, string currency) =>
        $"{Exact(line.UnitPrice, currency)} / {Unit(line.Unit)}";

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

    private static string? Tier(BillLine line)
    {
        if (line.TierAbove is not { } above || (above == 0 && line.TierUpTo is null))
            return null;
        string unit = Unit(line.Unit);
        return line.TierUpTo is { } upTo
            ? $"{Number(above)} to {Number(upTo)} {unit} of the month"
            : $"above {Number(above)} {unit} of the month";
    }

    private static string Unit(BillUnit unit) =>
        unit switch
        {
            BillUnit.Gigabyte => "GB",
            BillUnit.Gibibyte => "GiB",
            BillUnit.Month => "month",
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
