namespace Distribution.Contracts.Swarms;

/// <summary>A swarm at one moment, for whoever watches it; no viewer's address is in it.</summary>
/// <param name="Browsers">Of the seeders and leechers those that are reached by WebRTC alone.</param>
/// <param name="LeechersByTenth">
/// Ten counts: leechers that hold less than a tenth of the file, less than two tenths, and so on. Of a swarm beyond
/// <see cref="MostLookedAt"/> leechers an even sample of about as many.
/// </param>
/// <param name="NearShare">
/// Of the viewers that the tracker would name now to those who download, the share that is near them: the same household, provider or country, as far
/// as addresses tell. 0 to 1, from a sample; null: nobody would be named. Whom they then exchange bytes with is theirs.
/// </param>
/// <param name="At">When it was so.</param>
[GenerateSerializer, Immutable]
public sealed record SwarmLive(
    SwarmSnapshot Now,
    int Browsers,
    IReadOnlyList<int> LeechersByTenth,
    double? NearShare,
    DateTimeOffset At
)
{
    public const int Tenths = 10;

    /// <summary>Leechers that are looked at, of each address family.</summary>
    public const int MostLookedAt = 32_768;

    /// <summary>Whether nothing is different but the time.</summary>
    public bool SaysTheSameAs(SwarmLive other) =>
        Now == other.Now
        && Browsers == other.Browsers
        && NearShare == other.NearShare
        && LeechersByTenth.SequenceEqual(other.LeechersByTenth);
}
