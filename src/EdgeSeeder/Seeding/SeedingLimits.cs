namespace Distribution.EdgeSeeder.Seeding;

/// <summary>Bounds and times of a seeding engine.</summary>
public sealed record SeedingLimits
{
    /// <summary>All connections, those not greeted yet included. When it is reached the least useful one makes room, if the newcomer is better.</summary>
    public int MaxConnections { get; init; } = 12_000;

    /// <summary>From or to one address, of IPv6 one /64; many viewers can share one (carrier NAT).</summary>
    public int MaxConnectionsPerAddress { get; init; } = 100;

    /// <summary>Connections that have not said what they want; the oldest makes room for a new one.</summary>
    public int MaxUngreeted { get; init; } = 2000;

    /// <summary>Peers served at the same time; more take turns. A node with an upload limit serves fewer, see <see cref="LeastPeerBytesPerSecond"/>.</summary>
    public int MaxUnchoked { get; init; } = 10_000;

    /// <summary>A node with an upload limit serves only so many at a time that each gets this much; but at least four.</summary>
    public long LeastPeerBytesPerSecond { get; init; } = 32 * 1024;

    /// <summary>Messages that a connection may send beyond two for each block that it gets; four seconds' worth may come at once.</summary>
    public int MessagesPerSecond { get; init; } = 1000;

    /// <summary>Encrypted handshakes that strangers may begin, on all threads together; each is two powers of 768-bit numbers. Who comes beyond is closed.</summary>
    public int KeyExchangesPerSecond { get; init; } = 200;

    /// <summary>Threads that serve peers; 0: one for two processors.</summary>
    public int Threads { get; init; }

    /// <summary>
    /// Peers may connect by uTP too (BEP 29), on the same port: it yields to other traffic of the way, and costs a byte several times what TCP does.
    /// On Linux alone; elsewhere it stays off.
    /// </summary>
    public bool AcceptUtp { get; init; }

    /// <summary>Unanswered requests kept for a peer (BEP 10 <c>reqq</c>); what exceeds them is rejected.</summary>
    public int RequestQueueDepth { get; init; } = 500;

    /// <summary>A longer block is refused, in bytes.</summary>
    public int MaxRequestBytes { get; init; } = 128 * 1024;

    /// <summary>Payload to one peer; 0: no limit.</summary>
    public long PeerUploadLimitBytesPerSecond { get; init; }

    /// <summary>The most that a connection sends before the others have their turn.</summary>
    public int TurnBytes { get; init; } = 1 << 20;

    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>BEP 3's clients send a keep-alive every two minutes.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(150);

    /// <summary>Who takes less than 16 KiB in this time, while more waits for it, only holds a place.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(60);

    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>How long a complete peer may stay.</summary>
    public TimeSpan CompleteLinger { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a peer is served before it must give way to a waiting one.</summary>
    public TimeSpan UnchokeTerm { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Who was served for so long, and took less than an eighth of what the median of the served takes, gives way to a waiting one at once.</summary>
    public TimeSpan SlowTerm { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Payload that peers may be asked for, to see whether they have what they show; 0: nobody is asked.</summary>
    public long AuditBytesPerSecond { get; init; } = 64 * 1024;

    /// <summary>Between two audits of one peer, give or take a quarter; sooner only after the node's budget. Peers that show nothing new are left alone.</summary>
    public TimeSpan AuditInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long an audit waits to be let in and answered.</summary>
    public TimeSpan AuditPatience { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>Pieces kept of those that a peer would send while it chokes us (BEP 6).</summary>
    public int AuditAllowedPieces { get; init; } = 16;

    public TimeSpan DialTimeout { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>Before the first redial; doubles with each failure up to <see cref="MaxRedialDelay"/>, with a quarter of jitter.</summary>
    public TimeSpan RedialDelay { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan MaxRedialDelay { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Dials under way at the same time.</summary>
    public int MaxDialling { get; init; } = 32;

    /// <summary>Viewers kept on a swarm's dial list.</summary>
    public int MaxDialTargets { get; init; } = 1000;

    /// <summary>How often time-outs, turns and dials are looked at.</summary>
    public TimeSpan Tick { get; init; } = TimeSpan.FromMilliseconds(250);
}
