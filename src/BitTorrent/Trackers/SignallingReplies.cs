using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Distribution.BitTorrent.Trackers;

/// <summary>What a WebSocket tracker says to browsers, as UTF-8 JSON; the counterpart of <see cref="SignallingRequest"/>.</summary>
public static class SignallingReplies
{
    /// <summary>The answer to an announce.</summary>
    /// <param name="intervalSeconds">Until the next regular announce.</param>
    public static byte[] Announced(in InfoHash infoHash, int intervalSeconds, int complete, int incomplete)
    {
        using var message = new Message("announce");
        message.Json.WriteNumber("interval"u8, intervalSeconds);
        message.Json.WriteNumber("complete"u8, complete);
        message.Json.WriteNumber("incomplete"u8, incomplete);
        message.WriteId("info_hash"u8, infoHash.AsSpan());
        return message.End();
    }

    /// <summary>A refusal; it names action and swarm where both are known, as a client looks for its swarm in what names an action.</summary>
    public static byte[] Refused(SignallingAction action, InfoHash? infoHash, string reason)
    {
        string? name =
            infoHash is null ? null
            : action == SignallingAction.Announce ? "announce"
            : action == SignallingAction.Scrape ? "scrape"
            : null;
        using var message = new Message(name);
        message.Json.WriteString("failure reason"u8, reason);
        if (infoHash is { } swarm)
            message.WriteId("info_hash"u8, swarm.AsSpan());
        return message.End();
    }

    /// <summary>An offer of <paramref name="from"/>, for a peer that the tracker chose.</summary>
    /// <param name="infoHash">As the receiver calls the swarm.</param>
    public static byte[] Offered(in InfoHash infoHash, in PeerId from, in SignallingOffer offer) =>
        Signal(infoHash, from, "offer"u8, offer.Offer, offer.OfferId);

    /// <summary>The answer of <paramref name="from"/>, for who made the offer.</summary>
    /// <inheritdoc cref="Offered"/>
    public static byte[] Answered(in InfoHash infoHash, in PeerId from, SignallingAnswer answer) =>
        Signal(infoHash, from, "answer"u8, answer.Answer, answer.OfferId);

    /// <param name="minIntervalSeconds">No scrape is wanted sooner.</param>
    public static byte[] Scraped(IEnumerable<TrackerScrapeEntry> entries, int minIntervalSeconds)
    {
        using var message = new Message("scrape");
        message.Json.WriteStartObject("files"u8);
        foreach (TrackerScrapeEntry entry in entries)
        {
            message.Json.WriteStartObject(Message.TextOf(entry.InfoHash.AsSpan()));
            message.Json.WriteNumber("complete"u8, entry.Complete);
            message.Json.WriteNumber("downloaded"u8, entry.Downloaded);
            message.Json.WriteNumber("incomplete"u8, entry.Incomplete);
            message.Json.WriteEndObject();
        }
        message.Json.WriteEndObject();
        message.Json.WriteStartObject("flags"u8);
        message.Json.WriteNumber("min_request_interval"u8, minIntervalSeconds);
        message.Json.WriteEndObject();
        return message.End();
    }

    private static byte[] Signal(
        in InfoHash infoHash,
        in PeerId from,
        ReadOnlySpan<byte> kind,
        ReadOnlyMemory<byte> body,
        ReadOnlyMemory<byte> offerId
    )
    {
        using var message = new Message("announce", body.Length);
        message.Json.WritePropertyName(kind);
        message.Json.WriteRawValue(body.Span, skipInputValidation: true);
        message.Json.WritePropertyName("offer_id"u8);
        message.Json.WriteRawValue(offerId.Span, skipInputValidation: true);
        message.WriteId("peer_id"u8, from.AsSpan());
        message.WriteId("info_hash"u8, infoHash.AsSpan());
        return message.End();
    }

    private readonly struct Message : IDisposable
    {
        private const int UsualBytes = 512;

        private readonly ArrayBufferWriter<byte> _output;

        public Message(string? action, int bodyBytes = 0)
        {
            _output = new ArrayBufferWriter<byte>(UsualBytes + bodyBytes);
            Json = new Utf8JsonWriter(_output, new JsonWriterOptions { SkipValidation = true });
            Json.WriteStartObject();
            if (action is not null)
                Json.WriteString("action"u8, action);
        }

        public Utf8JsonWriter Json { get; }

        /// <summary>A character for each byte.</summary>
        public static string TextOf(ReadOnlySpan<byte> id) => Encoding.Latin1.GetString(id);

        public void WriteId(ReadOnlySpan<byte> name, ReadOnlySpan<byte> id) => Json.WriteString(name, TextOf(id));

        public byte[] End()
        {
            Json.WriteEndObject();
            Json.Flush();
            return _output.WrittenSpan.ToArray();
        }

        public void Dispose() => Json.Dispose();
    }
}
