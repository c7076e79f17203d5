using System.Net;
using Distribution.Silos.Swarms.Networks;

namespace Distribution.Selection;

/// <summary>
/// Networks of skewed sizes, each an autonomous system of eight IPv4 /16s that are not neighbours, eight countries among them. As a geo database it
/// knows them all.
/// </summary>
internal sealed class InternetPlan : INetworkSource
{
    public const int Networks = 40;
    private const int WidePrefixes = 8;
    private const int PrefixesEach = 32;
    private const int Countries = 8;
    private const int FirstOctet = 20;
    private const double Skew = 0.9;

    private readonly double[] _upTo = new double[Networks];

    public InternetPlan()
    {
        double sum = 0;
        for (int network = 0; network < Networks; network++)
            _upTo[network] = sum += Math.Pow(network + 1, -Skew);
        for (int network = 0; network < Networks; network++)
            _upTo[network] /= sum;
    }

    public int DrawNetwork(Random random)
    {
        double at = random.NextDouble();
        int network = Array.FindIndex(_upTo, upTo => at < upTo);
        return network < 0 ? Networks - 1 : network;
    }

    public static IPEndPoint DrawEndpoint(int network, Random random) =>
        new(
            new IPAddress([
                (byte)(FirstOctet + network),
                (byte)(random.Next(WidePrefixes) * 16),
                (byte)random.Next(PrefixesEach),
                (byte)random.Next(1, 255),
            ]),
            random.Next(1024, 65536)
        );

    public NetworkFacts Find(IPAddress address)
    {
        int network = address.GetAddressBytes()[0] - FirstOctet;
        return network is >= 0 and < Networks
            ? new NetworkFacts((uint)(64_500 + network), (ushort)('A' << 8 | ('A' + network % Countries)))
            : NetworkFacts.Unknown;
    }
}
