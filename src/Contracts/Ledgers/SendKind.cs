namespace Distribution.Contracts.Ledgers;

/// <summary>Who sent bytes, and what for. Each is a line of its own in the ledger. Values are stored: never renumber.</summary>
public enum SendKind
{
    /// <summary>A web seed to a viewer's BitTorrent client (BEP 19).</summary>
    WebSeed = 1,

    /// <summary>The plain HTTPS link to a browser or curl.</summary>
    Direct = 2,

    /// <summary>An edge seeder to a viewer, payload of piece messages only.</summary>
    Edge = 3,

    /// <summary>The origin to an edge's cache: a cost, never a delivery.</summary>
    EdgeFill = 4,

    /// <summary>A CDN to a viewer, past our servers; from its access logs alone.</summary>
    Cdn = 5,

    /// <summary>An edge seeder to a viewer: metadata and piece hashes. A cost, never a delivery.</summary>
    EdgeMetadata = 6,

    /// <summary>An edge seeder to a viewer: messages and heads around the payload. A cost, never a delivery.</summary>
    EdgeOverhead = 7,
}
