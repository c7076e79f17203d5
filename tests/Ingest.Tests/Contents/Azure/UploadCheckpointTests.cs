using Distribution.Ingest.Contents.Azure;
using Distribution.Ingest.Tests.Hosting;

namespace Distribution.Ingest.Tests.Contents.Azure;

public sealed class UploadCheckpointTests
{
    private const int Block = 4 << 20;

    private static readonly BlockPlan Plan = new(3 * Block + 100);

    private static readonly UploadCheckpoint Sample = new()
    {
        Offset = 2 * Block + 300,
        StagedBlocks = 2,
        Stretches = [new(0, 7), new(1, ulong.MaxValue)],
        Hashes = Tus.RandomBytes(52),
        State = Tus.RandomBytes(90),
        Tail = Tus.RandomBytes(300),
    };

    [Fact]
    public void Comes_back_as_it_was()
    {
        UploadCheckpoint read = UploadCheckpoint.Parse(BytesOf(Sample), Plan);
        Assert.Equal(Sample.Offset, read.Offset);
        Assert.Equal(Sample.StagedBlocks, read.StagedBlocks);
        Assert.Equal(Sample.Stretches, read.Stretches);
        Assert.Equal(Sample.Hashes.ToArray(), read.Hashes.ToArray());
        Assert.Equal(Sample.State.ToArray(), read.State.ToArray());
        Assert.Equal(Sample.Tail.ToArray(), read.Tail.ToArray());
        Assert.Equal(Sample.BlockIds(), read.BlockIds());
        Assert.Equal([UploadCheckpoint.BlockId(7, 0), UploadCheckpoint.BlockId(ulong.MaxValue, 1)], read.BlockIds());
    }

    [Fact]
    public void Cut_off_or_changed_it_is_damage()
    {
        byte[] whole = BytesOf(Sample);
        for (int length = 0; length < whole.Length; length++)
            AssertDamaged(whole[..length]);
        AssertDamaged([.. whole, 0]);
        for (int at = 0; at < whole.Length; at++)
        {
            byte[] changed = [.. whole];
            changed[at] ^= 1;
            AssertDamaged(changed);
        }
    }

    [Theory]
    [InlineData(2 * Block + 300, 1, 300)] // too short a tail
    [InlineData(2 * Block + 300, 3, 300)] // a tail that is staged
    [InlineData(Block - 1, 2, 0)] // more than a block ahead
    [InlineData(Block, 2, 0)] // the same
    [InlineData(3 * Block + 101, 4, 0)] // beyond the end
    [InlineData(-1, 0, 0)]
    [InlineData(2 * Block, 0, 2 * Block)] // a whole block as tail
    [InlineData(0, 5, 0)] // more blocks than there are
    public void Sums_that_do_not_fit_are_damage(long offset, int staged, int tail)
    {
        var wrong = new UploadCheckpoint
        {
            Offset = offset,
            StagedBlocks = staged,
            Stretches = staged > 0 ? [new(0, 1)] : [],
            Hashes = default,
            State = default,
            Tail = new byte[tail],
        };
        AssertDamaged(BytesOf(wrong));
    }

    [Fact]
    public void Stretches_that_leave_gaps_are_damage()
    {
        foreach (
            UploadCheckpoint.Stretch[] stretches in new UploadCheckpoint.Stretch[][]
            {
                [],
                [new(1, 1)],
                [new(0, 1), new(0, 2)],
                [new(0, 1), new(2, 2)],
            }
        )
            AssertDamaged(
                BytesOf(
                    new UploadCheckpoint
                    {
                        Offset = 2 * Block,
                        StagedBlocks = 2,
                        Stretches = stretches,
                        Hashes = default,
                        State = default,
                        Tail = default,
                    }
                )
            );
    }

    private static void AssertDamaged(byte[] bytes) =>
        Assert.Throws<InvalidDataException>(() => UploadCheckpoint.Parse(bytes, Plan));

    private static byte[] BytesOf(UploadCheckpoint checkpoint)
    {
        using Stream stream = checkpoint.Compose();
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
