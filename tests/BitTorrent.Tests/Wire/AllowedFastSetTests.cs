using System.Net;
using Distribution.BitTorrent.Wire;

namespace Distribution.BitTorrent.Tests.Wire;

public sealed class AllowedFastSetTests
{
    private static readonly InfoHash AllAa = InfoHash.Parse(string.Concat(Enumerable.Repeat("aa", 20)));

    // BEP 6's own examples.
    [Theory]
    [InlineData(7, new[] { 1059, 431, 808, 1217, 287, 376, 1188 })]
    [InlineData(9, new[] { 1059, 431, 808, 1217, 287, 376, 1188, 353, 508 })]
    public void The_set_is_BEP_6s(int count, int[] expected) =>
        Assert.Equal(expected, AllowedFastSet.Of(AllAa, IPAddress.Parse("80.4.4.200"), 1313, count));

    [Fact]
    public void A_small_torrent_is_allowed_whole_and_IPv6_has_no_set()
    {
        Assert.Equal([0, 1, 2], AllowedFastSet.Of(AllAa, IPAddress.Parse("192.0.2.1"), 3, 10).Order());
        Assert.Empty(AllowedFastSet.Of(AllAa, IPAddress.Parse("2001:db8::1"), 100, 10));
        Assert.Empty(AllowedFastSet.Of(AllAa, IPAddress.Parse("192.0.2.1"), 0, 10));
    }
}
