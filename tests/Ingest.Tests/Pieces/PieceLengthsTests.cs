using Distribution.Ingest.Pieces;

namespace Distribution.Ingest.Tests.Pieces;

public sealed class PieceLengthsTests
{
    [Theory]
    [InlineData(0, 256 << 10)]
    [InlineData(1, 256 << 10)]
    [InlineData(512L << 20, 256 << 10)]
    [InlineData((512L << 20) + 1, 512 << 10)]
    [InlineData(1L << 30, 512 << 10)]
    [InlineData(5_000_000_000, 4 << 20)]
    [InlineData(32L << 30, 16 << 20)]
    [InlineData(500L << 30, 16 << 20)]
    [InlineData(1_000_000_000_000, 32 << 20)]
    public void Length_follows_the_rule(long size, int expected) => Assert.Equal(expected, PieceLengths.For(size));

    [Fact]
    public void Every_size_up_to_the_largest_upload_has_small_metadata()
    {
        for (long size = 1; size <= 1L << 42; size = size * 3 / 2 + 1)
        {
            int length = PieceLengths.For(size);
            long pieces = (size + length - 1) / length;
            Assert.True(pieces * 20 <= PieceLengths.MaxHashesBytes, $"{size}: {pieces} pieces");
            Assert.True(int.IsPow2(length) && length >= PieceLengths.MinBytes);
            Assert.True(
                length == PieceLengths.MinBytes || pieces > PieceLengths.MaxPieces / 2 || length > PieceLengths.MaxBytes
            );
        }
    }
}
