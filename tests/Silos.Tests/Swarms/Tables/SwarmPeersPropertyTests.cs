using System.Net;
using Distribution.BitTorrent;
using Distribution.Silos.Swarms.Tables;
using Distribution.Silos.Tests.Ledgers;

namespace Distribution.Silos.Tests.Swarms.Tables;

/// <summary>The compact table beside a plain model, through long random lives.</summary>
public sealed class SwarmPeersPropertyTests
{
    // Few enough to collide, many enough for pages and indexes.
    [Theory]
    [InlineData(1, 6, 4, 3000)]
    [InlineData(2, 40, 30, 6000)]
    [InlineData(3, 300, 300, 6000)]
    [InlineData(4, 3000, 4000, 20000)]
    public void Holds_what_the_model_holds(int seed, int peers, int endpoints, int steps)
    {
        var random = new Random(seed);
        var table = new SwarmPeers();
        var model = new SwarmPeersModel();
        PeerId[] ids = [.. Enumerable.Range(0, peers).Select(static i => LedgerHarness.Peer($"p{i}"))];
        uint now = 1_000_000;
        for (int step = 1; step <= steps; step++)
        {
            PeerId id = ids[random.Next(peers)];
            switch (random.Next(20))
            {
                case < 14:
                    WireEndpoint endpoint = EndpointOf(random.Next(endpoints), isIPv6: random.Next(4) == 0);
                    bool isSeed = random.Next(3) == 0;
                    uint expiresAt = now + (uint)random.Next(1, 400);
                    int position = table.Place(id, endpoint, isSeed, known: -1);
                    table.OfFamily(endpoint.IsIPv6)![position].ExpiresAt = expiresAt;
                    table.SetHeld(table.OfFamily(endpoint.IsIPv6)!, position, isSeed ? 0 : 1000);
                    model.Place(id, endpoint, isSeed, expiresAt);
                    break;
                case < 18:
                    table.Leave(id, now);
                    model.Leave(id, now);
                    break;
                default:
                    now += (uint)random.Next(60);
                    table.Sweep(now, int.MaxValue);
                    model.Expire(now);
                    break;
            }
            if (step % (steps / 50) == 0)
                AssertSame(model, table);
        }
        table.Sweep(uint.MaxValue, int.MaxValue);
        Assert.Equal((0, 0, 0), (table.Count, table.Seeds, table.Records));
        Assert.Equal(0, table.LeechersCopies);
    }

    private static void AssertSame(SwarmPeersModel model, SwarmPeers table)
    {
        Assert.Equal((model.Count, model.Seeds), (table.Count, table.Seeds));
        Assert.Equal(Describe(model), Describe(table));
        foreach (SwarmPeersModel.Row row in model.All)
        {
            // Every peer is found by its id and by its endpoint, in its section.
            FamilyPeers family = table.OfFamily(row.IsIPv6)!;
            int position = family.Find(row.Id);
            Assert.Equal(position, family.At(WireEndpoint.Of(IPEndPoint.Parse(row.At)).AsSpan()));
            PeerSection expected =
                row.IsGone ? PeerSection.Gone
                : row.IsSeed ? PeerSection.Seeds
                : PeerSection.Leechers;
            Assert.Equal(expected, family.SectionOf(position));
        }
        int held = model.Here.Where(static row => !row.IsSeed).Select(static row => row.Id).Distinct().Count();
        Assert.Equal(1000.0 * held / SwarmPeers.WholeShare, table.LeechersCopies, 9);
    }

    private static IEnumerable<string> Describe(SwarmPeersModel model) =>
        model.All.Select(static row => $"{row.Id} {row.At} {row.IsGone} {row.ExpiresAt}").Order(StringComparer.Ordinal);

    private static IEnumerable<string> Describe(SwarmPeers table)
    {
        var rows = new List<string>();
        foreach (bool isIPv6 in (ReadOnlySpan<bool>)[false, true])
        {
            FamilyPeers? family = table.OfFamily(isIPv6);
            for (int i = 0; i < (family?.Count ?? 0); i++)
                rows.Add(
                    $"{family![i].Id} {WireEndpoint.Read(family.EndpointAt(i))} {i >= family.Active} {family[i].ExpiresAt}"
                );
        }
        return rows.Order(StringComparer.Ordinal);
    }

    private static WireEndpoint EndpointOf(int number, bool isIPv6)
    {
        byte[] address = isIPv6 ? IPAddress.Parse("2001:db8::").GetAddressBytes() : [203, 0, 113, 0];
        address[^2] = (byte)(number >> 8);
        address[^1] = (byte)number;
        return new WireEndpoint(address, 6881);
    }
}
