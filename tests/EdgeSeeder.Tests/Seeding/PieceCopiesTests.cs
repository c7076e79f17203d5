using Distribution.BitTorrent.Wire;
using Distribution.EdgeSeeder.Seeding;

namespace Distribution.EdgeSeeder.Tests.Seeding;

public sealed class PieceCopiesTests
{
    private static Bitfield Of(int length, Func<int, bool> holds)
    {
        var held = new Bitfield(length);
        for (int piece = 0; piece < length; piece++)
        {
            if (holds(piece))
                held.Set(piece);
        }
        return held;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(13)]
    [InlineData(64)]
    public void The_rarest_piece_counts(int pieces)
    {
        var copies = new PieceCopies(pieces);
        Assert.Equal(0, copies.Least);
        copies.Add(Of(pieces, static piece => piece % 2 == 0));
        Assert.Equal(pieces == 1 ? 1 : 0, copies.Least);
        copies.Add(Of(pieces, static piece => piece % 2 == 1));
        Assert.Equal(1, copies.Least);
        copies.Add(Of(pieces, piece => piece != pieces - 1));
        Assert.Equal(1, copies.Least);
        copies.Add(Of(pieces, static _ => true));
        Assert.Equal(2, copies.Least);
        for (int more = 0; more < 5; more++)
            copies.Add(Of(pieces, static _ => true));
        Assert.Equal(PieceCopies.Most, copies.Least);
    }
}
