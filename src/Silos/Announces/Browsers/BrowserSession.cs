using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Trackers;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Announces.Limits;
using Distribution.Silos.Swarms;

namespace Distribution.Silos.Announces.Browsers;

/// <summary>
/// One socket's messages, one after the other; and its part in swarms, which ends with it. What cannot be read is refused with a reason; what
/// breaks a limit that a browser keeps closes the socket.
/// </summary>
/// <param name="address">The connection's, IPv4 in IPv4 form.</param>
internal sealed class BrowserSession(
    BrowserSocket socket,
    BrowserMessages messages,
    IPAddress address,
    IBrowserSwarms swarms,
    IBrowserRelay relay,
    IAnnounceHandler scrapes,
    BrowserTrackerOptions options,
    RequestLimits limits,
    TimeProvider clock
)
{
    private readonly byte[] _addressBytes = address.GetAddressBytes();
    private readonly HashSet<(InfoHash AskedAs, PeerId PeerId)> _joined = [];
    private readonly MessageRate _rate = new(options.MessagesPerSecond, options.MessageBurst, clock);

    public async Task RunAsync()
    {
        try
        {
            while (true)
            {
                TimeSpan silence = _joined.Count > 0 ? options.SilenceTimeout : options.UnusedTimeout;
                BrowserMessageKind kind = await messages.ReceiveAsync(silence, options.UnusedTimeout, socket.Ending);
                if (kind == BrowserMessageKind.End)
                    return;
                // After our close only the other side's is waited for.
                if (!socket.Ending.IsCancellationRequested)
                    await TakeAsync(kind);
                else if (kind == BrowserMessageKind.TooLong)
                    return;
            }
        }
        finally
        {
            foreach ((InfoHash askedAs, PeerId peerId) in _joined)
                await swarms.LeaveAsync(askedAs, peerId, relay.ContactOf(socket.Number, askedAs));
        }
    }

    private async ValueTask TakeAsync(BrowserMessageKind kind)
    {
        if (kind == BrowserMessageKind.TooLong)
            Close(WebSocketCloseStatus.MessageTooBig, $"a message has at most {options.MaxMessageBytes} bytes");
        else if (!_rate.TryTake())
            Close(WebSocketCloseStatus.PolicyViolation, "too many messages");
        else if (kind == BrowserMessageKind.Binary)
            Refuse("a message is text, not binary");
        else if (
            !SignallingRequest.TryParse(
                messages.Message,
                options.MaxOffers,
                out SignallingRequest request,
                out string? problem
            )
        )
            Refuse(Take(RequestCost.Announce) is > 0 and int longer ? TooMany(longer) : problem!, request);
        else if (Take(CostOf(request)) is > 0 and int wait)
            Refuse(TooMany(wait), request);
        else if (request.Action == SignallingAction.Scrape)
            await ScrapeAsync(request);
        else if (request.Answer is { } answer)
            await RelayAnswerAsync(request, answer);
        else
            await AnnounceAsync(request);
    }

    private int Take(int quarters) => limits.Take(_addressBytes, quarters, RequestTransport.WebSocket);

    private static int CostOf(SignallingRequest request) =>
        request.Action == SignallingAction.Scrape ? RequestCost.Scrape(request.InfoHashes.Count)
        : request.Answer is not null ? RequestCost.Answer
        : RequestCost.AnnounceWith(request.Offers.Count);

    private static string TooMany(int waitSeconds) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"too many requests from your network, try again in {waitSeconds} s"
        );

    private async ValueTask AnnounceAsync(SignallingRequest request)
    {
        InfoHash infoHash = request.InfoHashes[0];
        (InfoHash, PeerId) membership = (infoHash, request.PeerId);
        bool isLeaving = request.Event == TrackerEvent.Stopped;
        if (!isLeaving && _joined.Count >= options.MaxSwarmsPerSocket && !_joined.Contains(membership))
        {
            Refuse("too many swarms over one socket", request);
            return;
        }
        int offers = Math.Min(request.Offers.Count, request.NumWant ?? int.MaxValue);
        // Noted first: whatever becomes of the call, the swarm is left with the socket.
        _joined.Add(membership);
        BrowserReply reply = await swarms.AnnounceAsync(
            infoHash,
            new BrowserAnnounce(
                request.PeerId,
                address,
                (AnnounceEvent)request.Event,
                request.UploadedBytes,
                request.DownloadedBytes,
                request.LeftBytes,
                offers,
                relay.ContactOf(socket.Number, infoHash)
            )
        );
        if (reply.FailureReason is { } reason)
        {
            Refuse(reason, request);
            return;
        }
        if (isLeaving)
            _joined.Remove(membership);
        Send(SignallingReplies.Announced(infoHash, reply.IntervalSeconds, reply.Seeders, reply.Leechers));
        for (int i = 0; i < Math.Min(offers, reply.OffersTo.Count); i++)
        {
            BrowserContact to = reply.OffersTo[i];
            relay.Send(to, SignallingReplies.Offered(to.AskedAs, request.PeerId, request.Offers[i]));
        }
    }

    /// <summary>An answer announces nothing, and is not replied to.</summary>
    private async ValueTask RelayAnswerAsync(SignallingRequest request, SignallingAnswer answer)
    {
        InfoHash infoHash = request.InfoHashes[0];
        if (!_joined.Contains((infoHash, request.PeerId)))
            Refuse("announce before you answer", request);
        else if (await swarms.FindAsync(infoHash, answer.To) is { } to)
            relay.Send(to, SignallingReplies.Answered(to.AskedAs, request.PeerId, answer));
    }

    private async ValueTask ScrapeAsync(SignallingRequest request)
    {
        var entries = new List<TrackerScrapeEntry>(request.InfoHashes.Count);
        foreach (InfoHash infoHash in request.InfoHashes)
        {
            if (await scrapes.ScrapeAsync(infoHash) is { } counts)
                entries.Add(new TrackerScrapeEntry(infoHash, counts.Seeders, counts.Completed, counts.Leechers));
        }
        Send(SignallingReplies.Scraped(entries, AnnounceInterval.ShortestSeconds));
    }

    private void Refuse(string reason, SignallingRequest? request = null) =>
        Send(
            SignallingReplies.Refused(
                request?.Action ?? SignallingAction.Unknown,
                request is { InfoHashes: [var first, ..] } ? first : null,
                reason
            )
        );

    private void Close(WebSocketCloseStatus status, string reason)
    {
        Refuse(reason);
        socket.End(status, reason);
    }

    private void Send(byte[] message)
    {
        if (!socket.TrySend(message))
            socket.End(WebSocketCloseStatus.PolicyViolation, "messages are not taken");
    }
}
