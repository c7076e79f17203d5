using System.Net;
using Distribution.BitTorrent;
using Distribution.Silos.Holdouts;

namespace Distribution.Silos.Tests.Holdouts;

public sealed class HoldoutDrawTests
{
    private static readonly InfoHash File = InfoHash.Parse(new string('a', 40));
    private static readonly InfoHash Other = InfoHash.Parse(new string('b', 40));

    private readonly HoldoutDraw _holdouts = new();

    public HoldoutDrawTests() => _holdouts.Take([KeyValuePair.Create("p", 20)], [1, 2, 3]);

    [Fact]
    public void About_so_many_households_are_drawn_and_others_of_another_file()
    {
        IPAddress[] homes = [.. Enumerable.Range(0, 10_000).Select(static i => new IPAddress(0x0A00_0000L + i * 77L))];
        bool[] drawn = [.. homes.Select(home => _holdouts.Includes("p", File, home))];
        // Twenty standard deviations would be 800.
        Assert.InRange(drawn.Count(static one => one), 1_600, 2_400);
        Assert.Equal(drawn, homes.Select(home => _holdouts.Includes("p", File, home)));
        Assert.NotEqual(drawn, homes.Select(home => _holdouts.Includes("p", Other, home)));
    }

    [Fact]
    public void A_household_is_drawn_as_one()
    {
        for (int i = 0; i < 100; i++)
        {
            bool first = _holdouts.Includes("p", File, IPAddress.Parse($"2001:db8:0:{i:x}::1"));
            Assert.Equal(first, _holdouts.Includes("p", File, IPAddress.Parse($"2001:db8:0:{i:x}::2:7")));
            bool four = _holdouts.Includes("p", File, IPAddress.Parse($"203.0.113.{i}"));
            Assert.Equal(four, _holdouts.Includes("p", File, IPAddress.Parse($"::ffff:203.0.113.{i}")));
        }
    }

    [Fact]
    public void Who_has_the_secret_alone_can_tell_who_is_drawn()
    {
        var others = new HoldoutDraw();
        others.Take([KeyValuePair.Create("p", 20)], [1, 2, 4]);
        IPAddress[] homes = [.. Enumerable.Range(0, 200).Select(static i => IPAddress.Parse($"203.0.113.{i}"))];
        Assert.NotEqual(
            homes.Select(home => _holdouts.Includes("p", File, home)),
            homes.Select(home => others.Includes("p", File, home))
        );
    }

    [Fact]
    public void Nobody_is_drawn_of_a_publisher_that_compares_nothing() =>
        Assert.DoesNotContain(
            Enumerable.Range(0, 200),
            i => _holdouts.Includes("q", File, IPAddress.Parse($"203.0.113.{i}"))
        );
}
