using System.Net;
using System.Security.Cryptography;
using Distribution.Silos.Announces;
using Distribution.Silos.Announces.Browsers;
using Distribution.Silos.Announces.Limits;
using Distribution.Silos.Reports;
using Distribution.Silos.Swarms;

namespace Distribution.Silos.Hosting;

/// <summary>Settings of a silo.</summary>
public sealed class SiloOptions
{
    /// <summary>The SQLite file with all durable state. Required, unless there is a <see cref="Database"/>.</summary>
    public string StatePath { get; set; } = "";

    /// <summary>
    /// A PostgreSQL database, as a connection string of Npgsql: silos given the same one form a cluster and keep all durable state there.
    /// Default null: one silo alone, on <see cref="StatePath"/>.
    /// </summary>
    public string? Database { get; set; }

    /// <summary>True: other silos may be there.</summary>
    public bool IsClustered => Database is not null;

    /// <summary>Makes UDP connection ids; the same for all silos of a cluster. Default: random, 32 bytes.</summary>
    public byte[] ConnectionIdSecret { get; set; } = RandomNumberGenerator.GetBytes(UdpConnectionIds.SecretBytes);

    /// <summary>UDP tracker (BEP 15). Default 0: off; -1: a port of the system's choice.</summary>
    public int UdpPort { get; set; }

    /// <summary>Receive and send many UDP packets by one system call, where the system can (Linux). Default true.</summary>
    public bool UdpInBatches { get; set; } = true;

    /// <summary>How much of the tracker one address and one network may take.</summary>
    public RequestLimitOptions Limits { get; set; } = new();

    /// <summary>How many peers the tables hold.</summary>
    public PeerTableOptions Peers { get; set; } = new();

    /// <summary>What browsers may use of the WebSocket tracker, which is at the HTTP tracker's address.</summary>
    public BrowserTrackerOptions Browsers { get; set; } = new();

    /// <summary>
    /// Grains that share the swarms' peers among them. Default 16; at least 1, and the same for all silos of a cluster. More spread over more
    /// silos and cores, fewer make larger batches between silos.
    /// </summary>
    public int SwarmShards { get; set; } = 16;

    /// <summary>
    /// Where the other silos of a cluster reach this one: an address of this machine, on which it listens. Whoever reaches it is trusted.
    /// Default: loopback, so that only silos on this machine can join.
    /// </summary>
    public IPAddress SiloAddress { get; set; } = IPAddress.Loopback;

    /// <summary>Silo to silo. Default 0: a free port.</summary>
    public int SiloPort { get; set; }

    /// <summary>For clients in other processes. Default 0: a free port.</summary>
    public int GatewayPort { get; set; }

    /// <summary>What the savings report reckons with.</summary>
    public PriceOptions Prices { get; set; } = new();
}
