using Distribution.BitTorrent;
using Distribution.BitTorrent.Trackers;
using Distribution.Silos.Announces.Plain;

namespace Distribution.Silos.Announces.Limits;

/// <summary>What HTTP requests cost, seen before they are read.</summary>
internal static class HttpRequestCost
{
    public static int Of(in PlainRequest request) =>
        request.Kind == PlainRequestKind.Scrape ? OfScrape(request.Query) : RequestCost.Announce;

    /// <param name="query">No info-hash is shorter than its 20 bytes as they are.</param>
    public static int OfScrape(ReadOnlySpan<byte> query) =>
        RequestCost.Scrape(Math.Min(query.Length / InfoHash.LengthBytes, HttpScrapeQuery.MaxInfoHashes));
}
