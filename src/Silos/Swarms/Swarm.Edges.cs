using System.Net;
using Distribution.Silos.Edges.Fleet;

namespace Distribution.Silos.Swarms;

/// <summary>What the edges' fleet asks of it.</summary>
public sealed partial class Swarm
{
    /// <summary>So many leechers are asked where they are.</summary>
    private const int MostLocated = 16;

    /// <summary>Null: nobody wants pieces.</summary>
    /// <param name="countryOf">Two letters, or empty; null: no address's country is known.</param>
    internal SwarmActivity? Activity(Func<IPAddress, string>? countryOf) =>
        Leechers == 0
            ? null
            : new SwarmActivity(
                Definition.InfoHash,
                Leechers,
                Seeds,
                countryOf is null ? "" : MostFrequentCountry(countryOf)
            );

    private string MostFrequentCountry(Func<IPAddress, string> countryOf)
    {
        var countries = new Dictionary<string, int>();
        foreach (bool isIPv6 in (ReadOnlySpan<bool>)[false, true])
        {
            if (_peers.OfFamily(isIPv6) is not { Leechers: > 0 } family)
                continue;
            int step = 1 + (family.Leechers - 1) / MostLocated;
            for (int position = 0; position < family.Leechers; position += step)
            {
                string country = countryOf(new IPAddress(family.AddressAt(position)));
                countries[country] = countries.GetValueOrDefault(country) + 1;
            }
        }
        return countries.Count == 0 ? "" : countries.MaxBy(static one => one.Value).Key;
    }
}
