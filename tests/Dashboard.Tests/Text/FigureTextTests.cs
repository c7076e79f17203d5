using Distribution.Contracts.Reports;
using Distribution.Dashboard.Text;

namespace Distribution.Dashboard.Tests.Text;

public class FigureTextTests
{
    [Theory]
    [InlineData(0, 0, "0%")]
    [InlineData(0.451, 0.516, "45–52%")]
    [InlineData(0.501, 0.503, "50%")]
    [InlineData(0.004, 0.5, "0.4–50%")]
    [InlineData(1, 1, "100%")]
    public void Shares(double low, double high, string text) =>
        Assert.Equal(text, FigureText.Share(new ShareRange(low, high)));

    [Theory]
    [InlineData("0", "USD", "$0.00")]
    [InlineData("1234.5", "USD", "$1,234.50")]
    [InlineData("0.61", "EUR", "€0.61")]
    [InlineData("0.0034", "USD", "$0.0034")]
    [InlineData("-1.5", "GBP", "−£1.50")]
    [InlineData("-0.00001", "USD", "$0.0000")]
    [InlineData("2", "CHF", "2.00 CHF")]
    public void Money(string amount, string currency, string text) =>
        Assert.Equal(
            text,
            FigureText.Money(decimal.Parse(amount, System.Globalization.CultureInfo.InvariantCulture), currency)
        );

    [Theory]
    [InlineData(1, "1 viewer")]
    [InlineData(0, "0 viewers")]
    [InlineData(1200, "1,200 viewers")]
    public void Counts(long count, string text) => Assert.Equal(text, FigureText.Count(count, "viewer"));
}
