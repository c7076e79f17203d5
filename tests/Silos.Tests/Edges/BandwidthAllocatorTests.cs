using Distribution.Silos.Edges.Rates;

namespace Distribution.Silos.Tests.Edges;

public sealed class BandwidthAllocatorTests
{
    [Fact]
    public void Most_goes_where_a_byte_brings_most_and_everybody_gets_a_part()
    {
        double[] parts = BandwidthAllocator.Divide(
            1000,
            [
                [new ResponseSegment(50, 300), new ResponseSegment(1, 5000)],
                [new ResponseSegment(5, 200), new ResponseSegment(1, 5000)],
                [new ResponseSegment(1, 10_000)],
            ]
        );

        Assert.Equal(1000, parts.Sum(), 6);
        Assert.True(parts[0] >= 300 && parts[1] >= 200 && parts[2] >= 1000 * BandwidthAllocator.EvenPart / 3);
    }

    [Fact]
    public void What_nobody_can_use_is_divided_evenly()
    {
        double[] parts = BandwidthAllocator.Divide(
            900,
            [
                [new ResponseSegment(3, 60)],
                [new ResponseSegment(1, 60)],
                [],
            ]
        );

        Assert.Equal(900, parts.Sum(), 6);
        Assert.All(parts, static part => Assert.True(part >= 60));
        Assert.Empty(BandwidthAllocator.Divide(900, []));
    }

    [Fact]
    public void A_swarms_response_is_learned_from_what_it_did()
    {
        var response = new SwarmResponse();
        // Eleven viewers whose peers bring 500 and no more: 50 of the edge's bytes are passed on to all.
        for (int i = 0; i < 10; i++)
            response.Observe(11, limitBytesPerSecond: 200, edgeBytesPerSecond: 200, peerBytesPerSecond: 500);
        IReadOnlyList<ResponseSegment> segments = response.Segments();
        Assert.Equal(11, segments[0].Benefit);
        Assert.Equal(50, segments[0].BytesPerSecond, 3);
        Assert.Equal(200 * 1.25, segments.Sum(static segment => segment.BytesPerSecond), 3);

        // They take 40 of the 200: more is of no use to them.
        response.Observe(11, 200, 40, 400);
        Assert.Equal(50, response.Segments().Sum(static segment => segment.BytesPerSecond), 3);

        // One viewer gets a byte for a byte.
        response.Observe(1, 0, 100, 0);
        Assert.Equal(1, Assert.Single(response.Segments()).Benefit);
    }
}
