namespace Distribution.Silos.Announces.Browsers;

/// <summary>What browsers may use of the WebSocket tracker.</summary>
public sealed class BrowserTrackerOptions
{
    /// <summary>Sockets at once, of this process. Default 20,000.</summary>
    public int MaxSockets { get; set; } = 20_000;

    /// <summary>Sockets at once from one address; of IPv6 from one /64. Default 64.</summary>
    public int MaxSocketsPerAddress { get; set; } = 64;

    /// <summary>Swarms that one socket may be in at once: a page shares one socket among its torrents. Default 64.</summary>
    public int MaxSwarmsPerSocket { get; set; } = 64;

    /// <summary>Offers of one announce that are relayed; the others are skipped. Default 10; 0: none.</summary>
    public int MaxOffers { get; set; } = 10;

    /// <summary>Of one message, in bytes. Default 65,536; ten offers take about 30,000.</summary>
    public int MaxMessageBytes { get; set; } = 64 * 1024;

    /// <summary>Messages to a browser that does not take them, in bytes; what comes beyond is dropped. Default 262,144.</summary>
    public int MaxUnsentBytes { get; set; } = 256 * 1024;

    /// <summary>Messages a second from one socket, in the long run. Default 20.</summary>
    public int MessagesPerSecond { get; set; } = 20;

    /// <summary>Messages at once from one socket that was silent before. Default 200.</summary>
    public int MessageBurst { get; set; } = 200;

    /// <summary>How often a silent socket is pinged, and how long its pong may take. Default 30 s.</summary>
    public TimeSpan PingInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a socket may be in no swarm, and a message on its way. Default 30 s.</summary>
    public TimeSpan UnusedTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a socket in a swarm may say nothing: longer than the longest interval. Default one hour.</summary>
    public TimeSpan SilenceTimeout { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Everything that is wrong with them.</summary>
    public IEnumerable<string> Problems()
    {
        (string Name, int Value, int Least)[] counts =
        [
            (nameof(MaxSockets), MaxSockets, 0),
            (nameof(MaxSocketsPerAddress), MaxSocketsPerAddress, 1),
            (nameof(MaxSwarmsPerSocket), MaxSwarmsPerSocket, 1),
            (nameof(MaxOffers), MaxOffers, 0),
            (nameof(MaxMessageBytes), MaxMessageBytes, 1024),
            (nameof(MaxUnsentBytes), MaxUnsentBytes, 1024),
            (nameof(MessagesPerSecond), MessagesPerSecond, 1),
            (nameof(MessageBurst), MessageBurst, 1),
        ];
        foreach ((string name, int value, int least) in counts)
        {
            if (value < least)
                yield return $"{name} is {value}; it is at least {least}.";
        }
        (string Name, TimeSpan Value)[] times =
        [
            (nameof(PingInterval), PingInterval),
            (nameof(UnusedTimeout), UnusedTimeout),
            (nameof(SilenceTimeout), SilenceTimeout),
        ];
        foreach ((string name, TimeSpan value) in times)
        {
            if (value <= TimeSpan.Zero || value > TimeSpan.FromDays(1))
                yield return $"{name} is {value}; it is above 0 and at most a day.";
        }
    }
}
