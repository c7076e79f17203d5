namespace Distribution.Silos.Swarms.Networks;

/// <summary>What is known of an address's network.</summary>
/// <param name="System">Number of the autonomous system; 0: not known.</param>
/// <param name="Country">ISO 3166-1 alpha-2, the first letter's code times 256 plus the second's; 0: not known.</param>
internal readonly record struct NetworkFacts(uint System, ushort Country)
{
    public static NetworkFacts Unknown => default;

    /// <summary>0: it is no code of two letters.</summary>
    public static ushort CountryOf(string code) =>
        code is [var first, var second] && char.IsAsciiLetter(first) && char.IsAsciiLetter(second)
            ? (ushort)(char.ToUpperInvariant(first) << 8 | char.ToUpperInvariant(second))
            : (ushort)0;
}
