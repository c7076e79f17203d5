using System.Net;
using Distribution.Silos.Swarms.Networks;
using Distribution.Silos.Swarms.Selection;
using Distribution.Silos.Tests.Swarms.Networks;

namespace Distribution.Silos.Tests.Swarms.Selection;

public sealed class PeerLocationTests
{
    private readonly PeerNetworks _networks = new(
        new TableOfNetworks(static address =>
            address[0] switch
            {
                10 => new NetworkFacts(1, 7),
                11 => new NetworkFacts(2, 7),
                // A country alone is no network.
                12 or 13 => new NetworkFacts(0, 7),
                14 => new NetworkFacts(1, 8),
                _ => NetworkFacts.Unknown,
            }
        )
    );

    [Theory]
    [InlineData("10.1.2.3", "10.1.2.3", nameof(Nearness.Household))]
    [InlineData("10.1.2.3", "10.1.2.4", nameof(Nearness.Prefix))]
    [InlineData("10.1.2.3", "10.1.3.3", nameof(Nearness.AutonomousSystem))]
    [InlineData("10.1.2.3", "10.2.2.3", nameof(Nearness.AutonomousSystem))]
    [InlineData("10.1.2.3", "11.1.2.3", nameof(Nearness.Country))]
    [InlineData("10.1.2.3", "14.1.2.3", nameof(Nearness.Other))]
    [InlineData("12.1.2.3", "13.1.2.3", nameof(Nearness.Country))]
    [InlineData("12.1.2.3", "12.1.9.3", nameof(Nearness.WidePrefix))]
    [InlineData("20.1.2.3", "20.1.9.3", nameof(Nearness.WidePrefix))]
    [InlineData("20.1.2.3", "20.2.9.3", nameof(Nearness.Other))]
    [InlineData("20.1.2.3", "30.2.9.3", nameof(Nearness.Other))]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::1", nameof(Nearness.Household))]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", nameof(Nearness.Prefix))]
    [InlineData("2001:db8:1:2::1", "2001:db8:2:2::1", nameof(Nearness.WidePrefix))]
    [InlineData("2001:db8:1:2::1", "2001:db9:1:2::1", nameof(Nearness.Other))]
    public void Nearness_is_the_same_from_both_sides(string one, string other, string expected)
    {
        Assert.Equal(expected, NearnessOf(one, other).ToString());
        Assert.Equal(expected, NearnessOf(other, one).ToString());
    }

    private Nearness NearnessOf(string one, string other)
    {
        byte[] from = IPAddress.Parse(one).GetAddressBytes();
        byte[] to = IPAddress.Parse(other).GetAddressBytes();
        bool isIPv6 = from.Length == 16;
        return PeerLocation
            .Of(from, isIPv6, _networks.Find(from), _networks)
            .To(PeerLocation.HeadOf(to, isIPv6), _networks.Find(to), _networks);
    }
}
