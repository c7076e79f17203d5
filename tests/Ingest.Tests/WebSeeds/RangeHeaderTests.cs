using Distribution.Ingest.WebSeeds;

namespace Distribution.Ingest.Tests.WebSeeds;

public sealed class RangeHeaderTests
{
    [Theory]
    [InlineData("bytes=0-0", 1000, 0, 1)]
    [InlineData("bytes=0-", 1000, 0, 1000)]
    [InlineData("bytes=999-", 1000, 999, 1)]
    [InlineData("bytes=10-19", 1000, 10, 10)]
    [InlineData("bytes=10-99999999999999999999999", 1000, 10, 990)]
    [InlineData("bytes=-1", 1000, 999, 1)]
    [InlineData("bytes=-5000", 1000, 0, 1000)]
    [InlineData("bytes=-99999999999999999999999", 1000, 0, 1000)]
    [InlineData("BYTES = 1-2", 1000, 1, 2)]
    [InlineData("bytes=1-2,", 1000, 1, 2)]
    [InlineData("bytes=5000000000-5000000009", 6_000_000_000, 5_000_000_000, 10)]
    public void One_range_is_a_part(string header, long size, long start, long length)
    {
        Assert.Equal(RangeKind.Part, RangeHeader.Read(header, size, out long s, out long l));
        Assert.Equal((start, length), (s, l));
    }

    [Theory]
    [InlineData("")]
    [InlineData("bytes")]
    [InlineData("bytes=")]
    [InlineData("bytes=-")]
    [InlineData("bytes=a-b")]
    [InlineData("bytes=5-2")]
    [InlineData("bytes=+1-2")]
    [InlineData("bytes= 1 - 2")]
    [InlineData("bytes=1--2")]
    [InlineData("bytes=0x1-2")]
    [InlineData("items=0-1")]
    [InlineData("bytes=0-1,5-6")]
    [InlineData("bytes=-1,-2")]
    public void All_else_is_the_whole_file(string header)
    {
        Assert.Equal(RangeKind.Whole, RangeHeader.Read(header, 1000, out long start, out long length));
        Assert.Equal((0, 1000), (start, length));
    }

    [Theory]
    [InlineData("bytes=1000-", 1000)]
    [InlineData("bytes=1000-1001", 1000)]
    [InlineData("bytes=99999999999999999999999-", 1000)]
    [InlineData("bytes=-0", 1000)]
    [InlineData("bytes=0-", 0)]
    [InlineData("bytes=-1", 0)]
    public void Past_the_end_is_unsatisfiable(string header, long size) =>
        Assert.Equal(RangeKind.Unsatisfiable, RangeHeader.Read(header, size, out _, out _));
}
