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
}
