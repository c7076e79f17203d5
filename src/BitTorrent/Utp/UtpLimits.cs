namespace Distribution.BitTorrent.Utp;

/// <summary>Bounds of a uTP connection.</summary>
public sealed record UtpLimits
{
    /// <summary>With header, in bytes: what passes every usual path over IPv4 in one part.</summary>
    public const int IPv4PacketBytes = 1400;

    /// <summary>With header, in bytes: what every path over IPv6 passes (1280 less the headers of IPv6 and UDP).</summary>
    public const int IPv6PacketBytes = 1232;

    /// <summary>A packet's most, with its header.</summary>
    public int PacketBytes { get; init; } = IPv4PacketBytes;

    /// <summary>Sent and not acknowledged, in bytes; at most 512 packets in any case.</summary>
    public int MaxWindowBytes { get; init; } = 512 * 1024;

    /// <summary>Received and not read, in bytes, what is out of order included.</summary>
    public int ReceiveWindowBytes { get; init; } = 64 * 1024;

    /// <summary>So often is waited in vain for an answer before the connection is given up.</summary>
    public int MaxTimeOuts { get; init; } = 6;

    /// <summary>Silence after which a word is said, so that routers on the way remember the connection.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(29);
}
