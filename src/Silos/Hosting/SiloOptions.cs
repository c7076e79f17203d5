using Distribution.Silos.Announces.Browsers;
using Distribution.Silos.Reports;

namespace Distribution.Silos.Hosting;

/// <summary>Settings of a silo.</summary>
public sealed class SiloOptions
{
    /// <summary>The SQLite file with all durable state. Required.</summary>
    public string StatePath { get; set; } = "";

    /// <summary>UDP tracker (BEP 15). Default 0: off; -1: a port of the system's choice.</summary>
    public int UdpPort { get; set; }

    /// <summary>Receive and send many UDP packets by one system call, where the system can (Linux). Default true.</summary>
    public bool UdpInBatches { get; set; } = true;

    /// <summary>What browsers may use of the WebSocket tracker, which is at the HTTP tracker's address.</summary>
    public BrowserTrackerOptions Browsers { get; set; } = new();

    /// <summary>
    /// Grains that share the swarms' peers among them. Default 16; at least 1, and the same for all silos of a cluster. More spread over more
    /// silos and cores, fewer make larger batches between silos.
    /// </summary>
    public int SwarmShards { get; set; } = 16;

    /// <summary>Silo to silo. Default 0: a free port, on loopback.</summary>
    public int SiloPort { get; set; }

    /// <summary>For clients in other processes. Default 0: a free port, on loopback.</summary>
    public int GatewayPort { get; set; }

    /// <summary>What the savings report reckons with.</summary>
    public PriceOptions Prices { get; set; } = new();
}
