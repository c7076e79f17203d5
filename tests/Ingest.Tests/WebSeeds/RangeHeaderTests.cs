using Distribution.Ingest.WebSeeds;
using FsCheck.Xunit;

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
        Assert.Equal(RangeKind.Parts, RangeHeader.Read(header, size, out IReadOnlyList<ByteRange> ranges));
        Assert.Equal([new ByteRange(start, length)], ranges);
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
    [InlineData("bytes=,")]
    [InlineData("bytes=0-1,x")]
    [InlineData("bytes=0-1,9-5")]
    public void All_else_is_the_whole_file(string header)
    {
        Assert.Equal(RangeKind.Whole, RangeHeader.Read(header, 1000, out IReadOnlyList<ByteRange> ranges));
        Assert.Empty(ranges);
    }

    [Theory]
    [InlineData("bytes=1000-", 1000)]
    [InlineData("bytes=1000-1001", 1000)]
    [InlineData("bytes=99999999999999999999999-", 1000)]
    [InlineData("bytes=-0", 1000)]
    [InlineData("bytes=0-", 0)]
    [InlineData("bytes=-1", 0)]
    public void Past_the_end_is_unsatisfiable(string header, long size) =>
        Assert.Equal(RangeKind.Unsatisfiable, RangeHeader.Read(header, size, out _));

    [Theory]
    [InlineData("bytes=0-0,5000-5001", "0+1 5000+2")]
    [InlineData("bytes= 5000-5001 ,, 0-0", "5000+2 0+1")]
    [InlineData("bytes=0-0,-1", "0+1 9999+1")]
    [InlineData("bytes=0-0,20000-,10000-10001", "0+1")]
    [InlineData("bytes=100-199,200-299", "100+200")]
    [InlineData("bytes=100-199,150-160,0-50", "0+200")]
    [InlineData("bytes=100-199,5000-5999,150-5100", "100+5900")]
    [InlineData("bytes=0-,0-,0-,0-", "0+10000")]
    [InlineData("bytes=100-199,300-399", "100+300")]
    [InlineData("bytes=100-199,400-499", "100+100 400+100")]
    public void Several_ranges_keep_their_order_and_those_that_meet_are_one(string header, string expected)
    {
        Assert.Equal(RangeKind.Parts, RangeHeader.Read(header, 10_000, out IReadOnlyList<ByteRange> ranges));
        Assert.Equal(expected, string.Join(' ', ranges.Select(r => $"{r.Start}+{r.Length}")));
    }

    [Fact]
    public void More_ranges_than_the_limit_are_the_whole_file()
    {
        string Ask(int count) =>
            "bytes=" + string.Join(',', Enumerable.Range(0, count).Select(i => $"{i * 1000}-{i * 1000}"));
        Assert.Equal(RangeKind.Parts, RangeHeader.Read(Ask(RangeHeader.MaxRanges), 1_000_000, out var ranges));
        Assert.Equal(RangeHeader.MaxRanges, ranges.Count);
        Assert.Equal(RangeKind.Whole, RangeHeader.Read(Ask(RangeHeader.MaxRanges + 1), 1_000_000, out _));
    }

    [Property]
    public void Answer_holds_what_was_asked_for_once_and_is_bounded(int seed)
    {
        var random = new Random(seed);
        int size = random.Next(1, 5000);
        var asked = Enumerable
            .Range(0, random.Next(1, 20))
            .Select(_ => (From: random.Next(6000), Length: random.Next(1, 900)))
            .ToArray();
        string header = "bytes=" + string.Join(',', asked.Select(r => $"{r.From}-{r.From + r.Length - 1}"));
        RangeKind kind = RangeHeader.Read(header, size, out IReadOnlyList<ByteRange> ranges);
        Assert.Equal(asked.Any(r => r.From < size) ? RangeKind.Parts : RangeKind.Unsatisfiable, kind);
        var sent = ranges.SelectMany(r => Enumerable.Range((int)r.Start, (int)r.Length)).ToList();
        Assert.Equal(sent.Count, sent.Distinct().Count());
        Assert.All(sent, position => Assert.InRange(position, 0, size - 1));
        Assert.Empty(asked.SelectMany(r => Enumerable.Range(r.From, r.Length)).Where(p => p < size).Except(sent));
    }
}
