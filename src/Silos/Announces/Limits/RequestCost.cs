namespace Distribution.Silos.Announces.Limits;

/// <summary>What requests cost, in quarters of an announce.</summary>
internal static class RequestCost
{
    /// <summary>Over UDP; from a bucket of its own, as its sender's address is not proven yet.</summary>
    public const int Connect = 1;

    public const int Announce = 4;

    /// <summary>A WebSocket is opened.</summary>
    public const int Socket = 4;

    /// <summary>WebRTC: an answer is relayed.</summary>
    public const int Answer = 1;

    /// <param name="infoHashes">As many as it names.</param>
    public static int Scrape(int infoHashes) => Announce + infoHashes;

    /// <param name="offers">As many as may be relayed.</param>
    public static int AnnounceWith(int offers) => Announce + offers;
}
