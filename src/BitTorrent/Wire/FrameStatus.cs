namespace Distribution.BitTorrent.Wire;

/// <summary>How far a reader got with the bytes at hand.</summary>
public enum FrameStatus
{
    /// <summary>A whole message was read.</summary>
    Complete,

    /// <summary>What is there is right so far; more is needed.</summary>
    Incomplete,

    /// <summary>No further byte can make it right: close the connection.</summary>
    Invalid,
}
