namespace Distribution.BitTorrent.Trackers;

/// <summary>
/// A message to a WebSocket tracker, as bittorrent-tracker and webtorrent of npm send it: a JSON object, in which ids are strings of 20
/// characters that each stand for a byte. It announces, and carries offers; or carries an answer; or scrapes.
/// </summary>
/// <remarks>There is no BEP for it; the clients' own code is the reference.</remarks>
public sealed record SignallingRequest
{
    /// <summary>As many as a UDP scrape may name (BEP 15).</summary>
    public const int MaxInfoHashes = 74;

    public SignallingAction Action { get; init; }

    /// <summary>One in an announce, at least one in a scrape.</summary>
    public IReadOnlyList<InfoHash> InfoHashes { get; init; } = [];

    /// <summary>Whose announce it is.</summary>
    public PeerId PeerId { get; init; }

    public TrackerEvent Event { get; init; }

    /// <summary>Never negative.</summary>
    public long UploadedBytes { get; init; }

    /// <summary>Never negative.</summary>
    public long DownloadedBytes { get; init; }

    /// <summary><see cref="HttpAnnounceQuery.UnknownLeft"/> where it is missing or null: webtorrent's before it has the metadata.</summary>
    public long LeftBytes { get; init; } = HttpAnnounceQuery.UnknownLeft;

    /// <summary>To how many peers the offers may go; null: to as many as there are offers.</summary>
    public int? NumWant { get; init; }

    /// <summary>At most as many as the reader takes; more were skipped.</summary>
    public IReadOnlyList<SignallingOffer> Offers { get; init; } = [];

    /// <summary>Set: the message carries an answer, and announces nothing.</summary>
    public SignallingAnswer? Answer { get; init; }

    /// <summary>False: <paramref name="problem"/> says why, and the request holds its action and info-hashes as far as they could be read.</summary>
    /// <param name="message">UTF-8; offers and the answer are parts of this memory.</param>
    /// <param name="maxOffers">So many are taken; the others are skipped.</param>
    public static bool TryParse(
        ReadOnlyMemory<byte> message,
        int maxOffers,
        out SignallingRequest request,
        out string? problem
    )
    {
        var reader = new SignallingReader(message, maxOffers);
        problem = reader.Read();
        request = reader.Request;
        return problem is null;
    }
}
