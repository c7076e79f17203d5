using System.Net;
using Distribution.BitTorrent;

namespace Distribution.EdgeSeeder.Seeding;

/// <summary>One viewer to be connected to. Guarded by its list's lock.</summary>
internal sealed class DialTarget(IPEndPoint endpoint)
{
    public IPEndPoint Endpoint { get; } = endpoint;

    /// <summary>A dial or its connection is under way.</summary>
    public bool Busy { get; set; }

    /// <summary>It is this engine itself, or complete: never again.</summary>
    public bool Settled { get; set; }

    /// <summary>
    /// It hung up on one info-hash: it is greeted by a hybrid's other one. A viewer whose magnet names v2 alone knows no other before it
    /// has the metadata.
    /// </summary>
    public bool ByOtherName { get; set; }

    /// <summary>It hung up on plain words, as clients do that want nothing but encryption: it is greeted encrypted.</summary>
    public bool Encrypted { get; set; }

    /// <summary>So it was greeted before, or came by itself: it is not greeted otherwise because it hangs up once.</summary>
    public bool IsKnownWay { get; set; }

    /// <summary>Failures in a row.</summary>
    public int Failures { get; set; }

    /// <summary>Not before this timestamp.</summary>
    public long DueAt { get; set; }

    /// <summary>The peer that was found there to be connected otherwise; not dialled while that lasts.</summary>
    public PeerId? HeldBy { get; set; }
}
