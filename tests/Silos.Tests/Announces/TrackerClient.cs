using System.Globalization;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Trackers;
using Distribution.Silos.Tests.Ledgers;

namespace Distribution.Silos.Tests.Announces;

/// <summary>Announces over HTTP as a client does.</summary>
internal static class TrackerClient
{
    public static string Escape(ReadOnlySpan<byte> bytes) =>
        string.Concat(bytes.ToArray().Select(static value => $"%{value:x2}"));

    public static string Query(InfoHash file, string peer, int port, long left, string more = "") =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"info_hash={Escape(file.AsSpan())}&peer_id={Escape(LedgerHarness.Peer(peer).AsSpan())}&port={port}&uploaded=0"
                + $"&downloaded=0&left={left}{more}"
        );

    public static async Task<HttpAnnounceReply> AnnounceAsync(
        this HttpClient http,
        InfoHash file,
        string peer,
        int port,
        long left,
        string more = "&compact=1"
    )
    {
        byte[] body = await http.GetByteArrayAsync($"/announce?{Query(file, peer, port, left, more)}");
        Assert.True(HttpAnnounceReply.TryParse(body, out HttpAnnounceReply? reply, out string? problem), problem);
        return reply!;
    }

    public static async Task<TrackerScrapeEntry> ScrapeAsync(this HttpClient http, InfoHash file)
    {
        byte[] body = await http.GetByteArrayAsync($"/scrape?info_hash={Escape(file.AsSpan())}");
        Assert.True(
            HttpScrapeReply.TryParse(body, out IReadOnlyList<TrackerScrapeEntry> entries, out string? problem),
            problem
        );
        return Assert.Single(entries);
    }
}
