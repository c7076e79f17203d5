namespace Distribution.Dashboard.Limits;

/// <summary>How often the portal and the API may be asked, at one server. Each allows a burst and then a steady rate; 0: no limit.</summary>
public sealed class RateLimitOptions
{
    public const int MostPerSecond = 1_000_000;

    /// <summary>Requests a second of one key or one account. Default: 200.</summary>
    public int RequestsPerSecond { get; set; } = 200;

    /// <summary>Of one key or account at once. Default: 2,000.</summary>
    public int RequestBurst { get; set; } = 2_000;

    /// <summary>Requests a second of one address (IPv6: a /64) without valid credentials; viewers' pages are not counted. Default: 50.</summary>
    public int StrangersPerSecond { get; set; } = 50;

    /// <summary>Of one address without valid credentials at once. Default: 500.</summary>
    public int StrangerBurst { get; set; } = 500;

    /// <summary>Attempts a minute of one address to sign in, to join or to change a password. Default: 30.</summary>
    public int SignInsPerMinute { get; set; } = 30;

    /// <summary>Of such attempts of one address at once: a company behind one address in the morning. Default: 60.</summary>
    public int SignInBurst { get; set; } = 60;

    /// <summary>Everything that is wrong, for people.</summary>
    public IEnumerable<string> Problems()
    {
        foreach (
            (string name, int rate, int burst) in new[]
            {
                (nameof(RequestsPerSecond), RequestsPerSecond, RequestBurst),
                (nameof(StrangersPerSecond), StrangersPerSecond, StrangerBurst),
                (nameof(SignInsPerMinute), SignInsPerMinute, SignInBurst),
            }
        )
        {
            if (rate is < 0 or > MostPerSecond)
                yield return $"{name} is {rate}, not from 0 to {MostPerSecond}.";
            if (rate > 0 && burst < 1)
                yield return $"{name} has a burst of {burst}, not at least 1.";
        }
    }
}
