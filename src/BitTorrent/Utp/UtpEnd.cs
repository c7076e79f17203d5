namespace Distribution.BitTorrent.Utp;

/// <summary>How a uTP connection ended.</summary>
public enum UtpEnd
{
    None = 0,

    /// <summary>Both sides know that all has arrived, or ours has waited long enough for the other to say so.</summary>
    Closed,

    /// <summary>The other side says that it knows no such connection.</summary>
    Reset,

    /// <summary>No answer, however often it was sent.</summary>
    TimedOut,
}
