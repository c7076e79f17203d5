using Distribution.Dashboard.Access;
using Microsoft.Extensions.Time.Testing;

namespace Distribution.Dashboard.Tests.Access;

public class RefusalTallyTests
{
    [Fact]
    public void So_many_a_minute_are_written_and_no_more()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddDays(1));
        var tally = new RefusalTally(time);

        Assert.Equal(RefusalTally.MostPerMinute, Enumerable.Range(0, 500).Count(_ => tally.TryCount()));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(tally.TryCount());
    }
}
