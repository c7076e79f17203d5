using Distribution.Contracts.Reports;
using Distribution.Dashboard.Reports;
using Distribution.Dashboard.Text;

namespace Distribution.Dashboard.Tests.Reports;

public class ReportFormTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 31, 14, 25, 0, TimeSpan.Zero);

    [Fact]
    public void Nothing_chosen_is_thirty_whole_days_with_today()
    {
        ReportRange range = new ReportForm(null, null, null, null).Range(Now, out Refusal? error);

        Assert.Null(error);
        Assert.Equal(new ReportRange(Day(3, 2), Day(4, 1), ReportBucketSize.Day), range);
        Assert.Equal(30, range.BucketCount);
    }

    [Fact]
    public void The_last_day_is_included()
    {
        ReportRange range = new ReportForm("2026-03-10", "2026-03-10", null, "hour").Range(Now, out Refusal? error);

        Assert.Null(error);
        Assert.Equal(new ReportRange(Day(3, 10), Day(3, 11), ReportBucketSize.Hour), range);
        Assert.Equal("2026-03-10", ReportForm.FirstDay(range));
        Assert.Equal("2026-03-10", ReportForm.LastDay(range));
        Assert.Equal("?from=2026-03-10T00:00:00Z&to=2026-03-11T00:00:00Z&bucket=hour", ReportForm.ApiQuery(range));
    }

    [Fact]
    public void The_api_s_range_is_understood_too()
    {
        ReportRange range = new ReportForm("2026-03-10T05:30:00Z", null, "2026-03-10T08:10:00+01:00", "hour").Range(
            Now,
            out Refusal? error
        );

        Assert.Null(error);
        Assert.Equal(Day(3, 10).AddHours(5), range.From);
        Assert.Equal(Day(3, 10).AddHours(8), range.To);
    }

    [Theory]
    [InlineData("2026-03-20", "2026-03-10")]
    [InlineData("first", "2026-03-10")]
    [InlineData("2026-03-10", "last")]
    [InlineData("2026-03-10", "9999-12-31")]
    public void Nonsense_falls_back_to_the_last_thirty_days_and_says_so(string from, string through)
    {
        ReportRange range = new ReportForm(from, through, null, null).Range(Now, out Refusal? error);

        Assert.NotNull(error);
        Assert.Equal(Day(4, 1), range.To);
        Assert.Equal(30, range.BucketCount);
    }

    private static DateTimeOffset Day(int month, int day) => new(2026, month, day, 0, 0, 0, TimeSpan.Zero);
}
