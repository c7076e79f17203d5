using System.Globalization;
using System.Text;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Trackers;
using Distribution.Standalone.Client;

namespace Distribution.Standalone.Downloads;

/// <summary>A tracker over HTTP (BEP 3, compact as BEP 23 and BEP 7).</summary>
internal sealed class HttpTracker(HttpClient http, Uri url, InfoHash infoHash, PeerId peerId, int port) : ITracker
{
    /// <summary>No tracker says more.</summary>
    private const int MaxReplyBytes = 1 << 20;

    private readonly uint _key = (uint)Random.Shared.Next();

    public string Name => url.GetLeftPart(UriPartial.Path);

    public async Task<Answer<TrackerAnswer>> AnnounceAsync(
        TrackerEvent what,
        TrackerFigures figures,
        CancellationToken stop
    )
    {
        try
        {
            using HttpResponseMessage answer = await http.GetAsync(
                Address(what, figures),
                HttpCompletionOption.ResponseHeadersRead,
                stop
            );
            await answer.Content.LoadIntoBufferAsync(MaxReplyBytes, stop);
            byte[] body = await answer.Content.ReadAsByteArrayAsync(stop);
            if (!HttpAnnounceReply.TryParse(body, out HttpAnnounceReply? reply, out string? problem))
                return new Failure($"{Name} answered {(int)answer.StatusCode}, {problem}", IsTransient: true);
            if (reply!.FailureReason is { } reason)
                return new Failure($"{Name} refuses: {reason}");
            return new TrackerAnswer(
                TimeSpan.FromSeconds(reply.IntervalSeconds),
                [.. reply.Peers.Select(static peer => peer.Endpoint)]
            );
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            return new Failure($"{Name}: {fault.Message}", IsTransient: true);
        }
    }

    public void Dispose() { }

    private Uri Address(TrackerEvent what, TrackerFigures figures)
    {
        var query = new StringBuilder(url.AbsoluteUri);
        query.Append(url.Query.Length > 0 ? '&' : '?').Append("info_hash=");
        Append(query, infoHash.AsSpan());
        query.Append("&peer_id=");
        Append(query, peerId.AsSpan());
        query.Append(
            CultureInfo.InvariantCulture,
            $"&port={port}&uploaded={figures.UploadedBytes}&downloaded={figures.DownloadedBytes}&left={figures.LeftBytes}"
        );
        query.Append(CultureInfo.InvariantCulture, $"&compact=1&numwant=80&key={_key:x8}");
        if (what != TrackerEvent.None)
            query.Append("&event=").Append(what.ToString().ToLowerInvariant());
        return new Uri(query.ToString());
    }

    private static void Append(StringBuilder query, ReadOnlySpan<byte> bytes)
    {
        foreach (byte one in bytes)
            query.Append(CultureInfo.InvariantCulture, $"%{one:X2}");
    }
}
