using System.Globalization;
using Distribution.Contracts.Reports;

namespace Distribution.Dashboard.Text;

/// <summary>Shares, money, counts and times for people.</summary>
internal static class FigureText
{
    /// <summary>"51%", "0.4%", or "32–41%".</summary>
    public static string Share(ShareRange share)
    {
        string low = Percent(share.Low);
        string high = Percent(share.High);
        return low == high ? $"{low}%" : $"{low}–{high}%";
    }

    /// <summary>"$1.20", "–$0.0034", or "$1.20 – $3.40".</summary>
    public static string Money(MoneyRange money, string currency)
    {
        string low = Money(money.Low, currency);
        string high = Money(money.High, currency);
        return low == high ? low : $"{low} – {high}";
    }

    /// <summary>Two decimals, four for less than a tenth: a gigabyte costs cents.</summary>
    public static string Money(decimal amount, string currency)
    {
        decimal size = Math.Abs(amount);
        string digits = size.ToString(size is > 0 and < 0.1m ? "0.0000" : "#,##0.00", CultureInfo.InvariantCulture);
        string sign = amount < 0 && digits.Any(digit => digit is >= '1' and <= '9') ? "−" : "";
        return currency switch
        {
            "USD" => $"{sign}${digits}",
            "EUR" => $"{sign}€{digits}",
            "GBP" => $"{sign}£{digits}",
            _ => $"{sign}{digits} {currency}",
        };
    }

    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>"1 viewer", "3 viewers".</summary>
    public static string Count(long count, string one) => $"{Count(count)} {one}{(count == 1 ? "" : "s")}";

    /// <summary>"51%": of a whole above 0.</summary>
    public static string Part(long part, long whole) => Percent((double)part / whole) + "%";

    private static string Percent(double share) =>
        (share * 100).ToString(share is > 0 and < 0.01 ? "0.0" : "0", CultureInfo.InvariantCulture);
}
