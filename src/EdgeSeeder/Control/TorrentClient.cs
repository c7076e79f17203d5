using System.Net.Http.Headers;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Metainfo;

namespace Distribution.EdgeSeeder.Control;

/// <summary>Fetches .torrent files, and believes only those that have the info-hash they were ordered by.</summary>
internal sealed class TorrentClient(HttpClient http, string edgeKey, TimeProvider clock)
{
    /// <summary>Metainfo of a million pieces, with room.</summary>
    private const int MaxTorrentBytes = 32 << 20;

    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(20);

    /// <summary>The fault says why there is no torrent, for people.</summary>
    public async Task<(TorrentMetainfo? Torrent, string? Fault)> FetchAsync(
        Uri url,
        InfoHash expected,
        CancellationToken cancellation
    )
    {
        using var timeout = new CancellationTokenSource(_timeout, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", edgeKey);
            using HttpResponseMessage response = await http.SendAsync(
                request,
                HttpCompletionOption.ResponseHeadersRead,
                both.Token
            );
            if (!response.IsSuccessStatusCode)
                return (null, $"The server answered {(int)response.StatusCode}.");
            await response.Content.LoadIntoBufferAsync(MaxTorrentBytes, both.Token);
            return Check(await response.Content.ReadAsByteArrayAsync(both.Token), expected);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            return (null, fault.Message);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (null, "The server did not answer in time.");
        }
    }

    private static (TorrentMetainfo? Torrent, string? Fault) Check(byte[] bytes, InfoHash expected)
    {
        if (!TorrentMetainfo.TryParse(bytes, out TorrentMetainfo? metainfo, out string? fault))
            return (null, fault);
        if (metainfo.V1?.InfoHash != expected)
            return (null, $"The torrent has the info-hash {metainfo.V1?.InfoHash.ToString() ?? "of v2 alone"}.");
        return (metainfo, null);
    }
}
