using System.Net;
using Distribution.BitTorrent;
using Distribution.Silos.Swarms.Tables;
using Distribution.Silos.Tests.Ledgers;

namespace Distribution.Silos.Tests.Swarms.Tables;

public sealed class PeerNetworkTests
{
    [Theory]
    [InlineData(1, 20)]
    [InlineData(2, 400)]
    [InlineData(3, 3000)]
    public void A_network_stays_with_its_endpoint_wherever_the_peer_moves(int seed, int peers)
    {
        var random = new Random(seed);
        var table = new SwarmPeers();
        var expected = new Dictionary<int, ushort>();
        uint now = 1;
        for (int step = 0; step < 30_000; step++)
        {
            int who = random.Next(peers);
            PeerId id = LedgerHarness.Peer($"p{who}");
            if (random.Next(4) == 0)
            {
                table.Leave(id, now);
                now += 61;
                table.Sweep(now, int.MaxValue);
                expected.Remove(who);
                continue;
            }
            // Now and then from elsewhere: then it must be looked up again.
            bool moves = random.Next(10) == 0;
            int port = moves ? 2 + step : 1;
            if (moves || !expected.ContainsKey(who))
                expected[who] = 0;
            FamilyPeers? family = table.OfFamily(isIPv6: false);
            int known = family?.Find(id) ?? -1;
            ReadOnlySpan<byte> before = known < 0 ? [] : family!.EndpointAt(known);
            var endpoint =
                !moves && known >= 0
                    ? WireEndpoint.Of(WireEndpoint.Read(before))
                    : WireEndpoint.Of(
                        new IPEndPoint(
                            new IPAddress([1, (byte)(who >> 16), (byte)(who >> 8), (byte)who]),
                            port % 65_535 + 1
                        )
                    );
            int position = table.Place(id, endpoint, random.Next(2) == 0, known: -1);
            family = table.OfFamily(isIPv6: false)!;
            family[position].ExpiresAt = uint.MaxValue;
            Assert.Equal(expected[who], family.NetworkAt(position));
            ushort network = (ushort)random.Next(1, 65_536);
            family.SetNetwork(position, network);
            expected[who] = network;
        }
        foreach ((int who, ushort network) in expected)
        {
            FamilyPeers family = table.OfFamily(isIPv6: false)!;
            Assert.Equal(network, family.NetworkAt(family.Find(LedgerHarness.Peer($"p{who}"))));
        }
    }
}
