using Distribution.Contracts.Metering;

namespace Distribution.Ingest.Tests.Transport;

public sealed class UnsentAllowanceTests
{
    [Theory]
    [InlineData(1_000, 50, null)] // too soon to tell
    [InlineData(1_000, 100, 128 << 10)]
    [InlineData(150_000, 100, 150_000)] // 12 Mbit/s
    [InlineData(5_000_000, 1000, 500_000)]
    [InlineData(50_000_000, 1000, 2 << 20)]
    [InlineData(2 << 20, 1, 2 << 20)] // as fast as this shows at once
    public void A_connection_may_hold_what_it_gets_rid_of_in_a_tenth_of_a_second(
        int bytes,
        int milliseconds,
        int? limit
    ) => Assert.Equal(limit, UnsentAllowance.For(bytes, TimeSpan.FromMilliseconds(milliseconds), 2 << 20));
}
