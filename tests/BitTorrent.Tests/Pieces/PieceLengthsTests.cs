using System.Numerics;
using Distribution.BitTorrent.Pieces;

namespace Distribution.BitTorrent.Tests.Pieces;

public sealed class PieceLengthsTests
{
    private const long KiB = 1024;
    private const long MiB = 1024 * KiB;
    private const long GiB = 1024 * MiB;
    private const long TiB = 1024 * GiB;

    [Theory]
    [InlineData(0, 16 * KiB)]
    [InlineData(1, 16 * KiB)]
    [InlineData(4 * MiB, 16 * KiB)]
    [InlineData(4 * MiB + 1, 32 * KiB)]
    [InlineData(64 * MiB, 64 * KiB)]
    [InlineData(GiB, 256 * KiB)]
    [InlineData(2 * GiB, 512 * KiB)]
    [InlineData(16 * GiB, MiB)]
    [InlineData(16 * GiB + 1, 2 * MiB)]
    [InlineData(100_000_000_000, 8 * MiB)]
    [InlineData(TiB, 64 * MiB)]
    [InlineData(long.MaxValue, 64 * MiB)]
    public void The_rule_gives(long totalBytes, long pieceLength) =>
        Assert.Equal(pieceLength, PieceLengths.For(totalBytes));

    [Fact]
    public void A_hybrids_hashes_stay_below_a_megabyte_up_to_a_tebibyte()
    {
        int before = PieceLengths.MinBytes;
        // 1/8 of an octave a step, and each side of every power of two.
        for (double octave = 0; octave <= 40; octave += 0.125)
        {
            foreach (long total in new[] { -1L, 0, 1 }.Select(off => (long)Math.Pow(2, octave) + off))
            {
                if (total is < 0 or > TiB)
                    continue;
                int length = PieceLengths.For(total);
                Assert.True(
                    BitOperations.IsPow2(length) && length is >= PieceLengths.MinBytes and <= PieceLengths.MaxBytes
                );
                long pieces = (total + length - 1) / length;
                Assert.InRange(pieces, 0, PieceLengths.MaxPieces);
                Assert.InRange(pieces * PieceLengths.HashBytesPerPiece(TorrentVersions.Hybrid), 0, 852_000);
                Assert.True(length >= before || total < 3);
                before = length;
            }
        }
    }

    [Fact]
    public void A_piece_costs_what_each_version_lists_of_it()
    {
        Assert.Equal(20, PieceLengths.HashBytesPerPiece(TorrentVersions.V1));
        Assert.Equal(32, PieceLengths.HashBytesPerPiece(TorrentVersions.V2));
        Assert.Equal(52, PieceLengths.HashBytesPerPiece(TorrentVersions.Hybrid));
        Assert.Throws<ArgumentOutOfRangeException>(() => PieceLengths.For(-1));
    }
}
