using Distribution.Silos.Swarms.Networks;

namespace Distribution.Silos.Tests.Swarms.Networks;

public sealed class PeerNetworksTests
{
    [Fact]
    public void A_system_within_a_country_has_one_number()
    {
        var networks = new PeerNetworks(
            new TableOfNetworks(address =>
                address[0] switch
                {
                    1 => new NetworkFacts(64500, 5),
                    2 => new NetworkFacts(64500, 6),
                    3 => new NetworkFacts(0, 5),
                    _ => NetworkFacts.Unknown,
                }
            )
        );

        ushort here = networks.Find([1, 0, 0, 1]);
        ushort abroad = networks.Find([2, 0, 0, 1]);
        ushort somewhere = networks.Find([3, 0, 0, 1]);
        ushort nowhere = networks.Find([4, 0, 0, 1]);

        Assert.Equal(here, networks.Find([1, 9, 9, 9]));
        Assert.Equal(4, new[] { here, abroad, somewhere, nowhere }.Distinct().Count());
        Assert.DoesNotContain((ushort)0, new[] { here, abroad, somewhere, nowhere });
        Assert.Equal(PeerNetworks.Unknown, nowhere);
        Assert.Equal(
            (5, 6, 5, 0),
            (
                networks.CountryOf(here),
                networks.CountryOf(abroad),
                networks.CountryOf(somewhere),
                networks.CountryOf(nowhere)
            )
        );
        Assert.True(networks.HasSystem(here));
        Assert.False(networks.HasSystem(somewhere));
        Assert.False(networks.HasSystem(nowhere));
    }

    [Fact]
    public void Networks_beyond_the_numbers_are_unknown()
    {
        var networks = new PeerNetworks(
            new TableOfNetworks(static address => new NetworkFacts(
                (uint)(address[1] << 16 | address[2] << 8 | address[3]) + 1,
                0
            ))
        );
        for (int i = 0; i < 70_000; i++)
        {
            ushort number = networks.Find([1, (byte)(i >> 16), (byte)(i >> 8), (byte)i]);
            Assert.Equal(i < 65_534, number != PeerNetworks.Unknown);
        }
        Assert.NotEqual(PeerNetworks.Unknown, networks.Find([1, 0, 0, 7]));
    }
}
