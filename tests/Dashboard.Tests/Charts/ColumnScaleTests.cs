using Distribution.Contracts.Reports;
using Distribution.Dashboard.Charts;
using Distribution.Dashboard.Text;

namespace Distribution.Dashboard.Tests.Charts;

public class ColumnScaleTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Every_bucket_of_the_range_has_a_column()
    {
        ReportBucket[] buckets = [Bucket(1, 500), Bucket(4, 900)];

        ColumnScale scale = ColumnScale.Of(buckets, Start, Start.AddDays(6), ReportBucketSize.Day);

        Assert.Equal(Enumerable.Range(0, 6).Select(day => Start.AddDays(day)), scale.Columns.Select(c => c.Start));
        Assert.Equal([0, 500, 0, 0, 900, 0], scale.Columns.Select(column => ColumnScale.Height(column.Bytes)));
    }

    [Fact]
    public void A_range_that_begins_within_a_day_shows_that_day()
    {
        ColumnScale scale = ColumnScale.Of(
            [Bucket(0, 7)],
            Start.AddHours(14),
            Start.AddDays(1).AddHours(3),
            ReportBucketSize.Day
        );

        Assert.Equal(2, scale.Columns.Count);
        Assert.Equal(7, ColumnScale.Height(scale.Columns[0].Bytes));
    }

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(1, 1, 1)]
    [InlineData(7, 8, 2)]
    [InlineData(1_000, 1_000, 500)]
    [InlineData(1_700_000_000, 2_000_000_000, 500_000_000)]
    [InlineData(4_100_000, 6_000_000, 2_000_000)]
    public void The_axis_ends_at_a_round_number_above_the_highest_column(long highest, long top, long step)
    {
        ColumnScale scale = ColumnScale.Of([Bucket(0, highest)], Start, Start.AddDays(1), ReportBucketSize.Day);

        Assert.Equal((top, step), (scale.Top, scale.Step));
        Assert.Equal(0, scale.Lines.First());
        Assert.Equal(top, scale.Lines.Last());
        Assert.InRange(scale.Lines.Count(), 2, 6);
    }

    [Theory]
    [InlineData(ReportBucketSize.Day, 1)]
    [InlineData(ReportBucketSize.Day, 30)]
    [InlineData(ReportBucketSize.Day, 400)]
    [InlineData(ReportBucketSize.Hour, 1)]
    [InlineData(ReportBucketSize.Hour, 30)]
    public void At_most_six_labels_stand_below(ReportBucketSize size, int days)
    {
        ColumnScale scale = ColumnScale.Of([], Start, Start.AddDays(days), size);

        List<(double Left, string Text)> labels = [.. scale.TimeLabels(new PortalWords(new HttpContextAccessor()))];

        Assert.InRange(labels.Count, 1, 6);
        Assert.All(labels, label => Assert.InRange(label.Left, 0, 1));
        Assert.Equal("1 Mar", labels[0].Text);
    }

    private static ReportBucket Bucket(int day, long bytes) =>
        new(Start.AddDays(day), new ReportBytes { Delivered = new ByteRange(bytes, bytes), EdgeBytes = bytes / 2 });
}
