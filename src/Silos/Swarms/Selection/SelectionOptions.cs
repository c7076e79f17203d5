namespace Distribution.Silos.Swarms.Selection;

/// <summary>Whom viewers are told of.</summary>
public sealed class SelectionOptions
{
    /// <summary>The policies that may be switched off.</summary>
    public static IReadOnlyList<string> KnownPolicies => SelectionPolicies.Optional;

    /// <summary>Those of <see cref="KnownPolicies"/> that hold. Default: all.</summary>
    public IReadOnlyList<string> Policies { get; set; } = KnownPolicies;

    /// <summary>
    /// Of the places of a reply, how many percent are for peers from anywhere in the swarm, at least two. Default 25; 1 to 100. The fewer, the
    /// more stays within networks, and the longer it takes until a piece has reached them all.
    /// </summary>
    public int OutsidersPercent { get; set; } = 25;

    /// <summary>
    /// Files in MaxMind's format with autonomous systems (<c>autonomous_system_number</c>), countries (<c>country.iso_code</c>) or both.
    /// Default: none, so that near is what has the same prefix.
    /// </summary>
    public IReadOnlyList<string> GeoDatabases { get; set; } = [];

    internal IEnumerable<string> Problems()
    {
        if (OutsidersPercent is < 1 or > 100)
            yield return $"{nameof(OutsidersPercent)} is from 1 to 100.";
        foreach (string name in Policies.Where(static name => !KnownPolicies.Contains(name)))
            yield return $"{nameof(Policies)}: there is no policy \"{name}\"; there are {string.Join(", ", KnownPolicies)}.";
    }
}
