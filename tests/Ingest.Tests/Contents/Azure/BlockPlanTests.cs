using Distribution.Ingest.Contents.Azure;

namespace Distribution.Ingest.Tests.Contents.Azure;

public sealed class BlockPlanTests
{
    [Theory]
    [InlineData(0, 4, 0)]
    [InlineData(1, 4, 1)]
    [InlineData(4 << 20, 4, 1)]
    [InlineData((4 << 20) + 1, 4, 2)]
    [InlineData(50_000L * (4 << 20), 4, 50_000)]
    [InlineData(50_000L * (4 << 20) + 1, 8, 25_001)]
    [InlineData(1_000_000_000_000, 20, 47_684)]
    [InlineData(BlockPlan.MaxFileBytes, 20, 50_000)]
    public void Blocks_stay_within_Azures_limit(long sizeBytes, int blockMebibytes, int blocks)
    {
        var plan = new BlockPlan(sizeBytes);
        Assert.Equal(blockMebibytes << 20, plan.BlockBytes);
        Assert.Equal(blocks, plan.BlockCount);
        if (blocks > 0)
            Assert.Equal(sizeBytes, plan.StartOf(blocks - 1) + plan.LengthOf(blocks - 1));
        Assert.InRange(plan.Buffers * plan.BlockBytes, 0, 40 << 20);
    }

    [Fact]
    public void Files_that_would_need_larger_blocks_are_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new BlockPlan(BlockPlan.MaxFileBytes + 1));
}
