using System.Net;
using Distribution.BitTorrent;
using Distribution.EdgeSeeder.Seeding.Admission;
using Microsoft.Extensions.Time.Testing;

namespace Distribution.EdgeSeeder.Tests.Seeding.Admission;

/// <summary>Who takes the same again, and who only seems to.</summary>
public sealed class TakingsTests
{
    private const int Block = 16 * 1024;
    private const long Megabyte = 1 << 20;

    [Theory]
    [InlineData(20 * Megabyte)]
    [InlineData(700 * Megabyte)]
    [InlineData(300_000 * Megabyte)]
    public void Each_byte_once_in_any_order_is_no_greed_and_a_piece_that_was_wrong_neither(long size)
    {
        var takings = new Takings(size);
        long[] offsets = [.. Enumerable.Range(0, 1200).Select(i => i * 7919L % (size / Block) * Block).Distinct()];
        foreach (long offset in offsets)
            takings.Add(offset, Block, static () => 1);
        Assert.False(takings.AreGreedy);
        for (long offset = 0; offset < Megabyte; offset += Block)
            takings.Add(offset, Block, static () => 1);
        Assert.False(takings.AreGreedy);
    }

    [Theory]
    [InlineData(Block)]
    [InlineData(1000)]
    [InlineData(128 * 1024)]
    public void One_block_over_and_over_is_greed_until_new_ones_outweigh_it(int length)
    {
        var takings = new Takings(64 * Megabyte);
        long taken = 0;
        for (; !takings.AreGreedy; taken += length)
            takings.Add(0, length, static () => 1);
        Assert.InRange(taken, Megabyte / 2, Megabyte);
        long offset = Megabyte;
        for (; takings.AreGreedy; offset += Block)
            takings.Add(offset, Block, static () => 1);
        Assert.InRange(offset, Megabyte, 4 * Megabyte);
    }

    [Fact]
    public void Several_viewers_at_one_address_may_take_it_each_once()
    {
        var takings = new Takings(16 * Megabyte);
        Take(takings, viewers: 3);
        Take(takings, viewers: 3);
        Take(takings, viewers: 3);
        Assert.False(takings.AreGreedy);
        Take(takings, viewers: 3);
        Take(takings, viewers: 3);
        Assert.True(takings.AreGreedy);
    }

    [Fact]
    public void It_is_remembered_for_ten_minutes_after_the_last_connection()
    {
        var clock = new FakeTimeProvider();
        var households = new Households(10, clock);
        var address = IPAddress.Parse("192.0.2.1");
        Takings Of()
        {
            Household household = households.Enter(address)!;
            Takings takings = households.TakingsOf(household, default(InfoHash), Megabyte)!;
            households.Leave(household);
            households.Keep(takings);
            return takings;
        }
        Takings first = Of();
        clock.Advance(TimeSpan.FromMinutes(9));
        Assert.Same(first, Of());
        clock.Advance(TimeSpan.FromMinutes(11));
        Assert.NotSame(first, Of());
    }

    private static void Take(Takings takings, int viewers)
    {
        for (long offset = 0; offset < 16 * Megabyte; offset += Block)
            takings.Add(offset, Block, () => viewers);
    }
}
