namespace Distribution.Silos.Announces.Limits;

/// <summary>How much of the tracker one address and one network may take, over all transports together.</summary>
public sealed class RequestLimitOptions
{
    /// <summary>More cannot be told apart from none.</summary>
    public const int MostPerSecond = 1_000_000;

    private const int LongestBurst = 3600;

    /// <summary>Announces a second from one address, in the long run; of IPv6 from one /64. Default 500; 0: no limits at all.</summary>
    public int AnnouncesPerSecond { get; set; } = 500;

    /// <summary>Announces a second from one network, in the long run: IPv4 a /24, IPv6 a /48. Default 2,000.</summary>
    public int AnnouncesPerSecondOfNetwork { get; set; } = 2_000;

    /// <summary>So many seconds' worth may come at once after silence. Default 30 s: viewers of one household that come back together.</summary>
    public int BurstSeconds { get; set; } = 30;

    /// <summary>
    /// Limits loopback, link-local and private addresses too. Default false: they are this machine and its own network, and where a packet
    /// forwarder or container bridge stands in front, one such address is all viewers at once.
    /// </summary>
    public bool IncludesLocal { get; set; }

    /// <summary>Everything that is wrong with them.</summary>
    public IEnumerable<string> Problems()
    {
        (string Name, int Value, int Least, int Most)[] values =
        [
            (nameof(AnnouncesPerSecond), AnnouncesPerSecond, 0, MostPerSecond),
            (nameof(AnnouncesPerSecondOfNetwork), AnnouncesPerSecondOfNetwork, 1, MostPerSecond),
            (nameof(BurstSeconds), BurstSeconds, 1, LongestBurst),
        ];
        foreach ((string name, int value, int least, int most) in values)
        {
            if (value < least || value > most)
                yield return $"{name} is {value}; it is {least} to {most}.";
        }
        if (AnnouncesPerSecondOfNetwork < AnnouncesPerSecond)
            yield return $"{nameof(AnnouncesPerSecondOfNetwork)} is less than one address may have.";
    }
}
