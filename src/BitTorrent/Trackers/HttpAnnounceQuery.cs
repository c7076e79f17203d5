using System.Buffers.Binary;

namespace Distribution.BitTorrent.Trackers;

/// <summary>An HTTP announce (BEP 3; <c>compact</c> BEP 23, <c>paused</c> BEP 21), read from the raw query.</summary>
/// <remarks>
/// Read from bytes, not from decoded text: info_hash and peer_id are raw bytes that are no valid UTF-8. Unknown parameters are skipped,
/// <c>ip</c> among them: a peer's address is where its packets come from.
/// </remarks>
public readonly record struct HttpAnnounceQuery
{
    /// <summary>What <see cref="LeftBytes"/> is where the client does not say.</summary>
    public const long UnknownLeft = long.MaxValue;

    public required InfoHash InfoHash { get; init; }

    public required PeerId PeerId { get; init; }

    public required ushort Port { get; init; }

    /// <summary>Never negative.</summary>
    public long UploadedBytes { get; init; }

    /// <summary>Never negative.</summary>
    public long DownloadedBytes { get; init; }

    /// <summary>As sent, also negative; <see cref="UnknownLeft"/> where it is missing or too large.</summary>
    public long LeftBytes { get; init; }

    public TrackerEvent Event { get; init; }

    /// <summary>Null where the client leaves it to the tracker; never negative.</summary>
    public int? NumWant { get; init; }

    /// <summary>False only where the client asks for the dictionary form: <c>compact=0</c>.</summary>
    public bool Compact { get; init; }

    /// <summary>The client does not want peer ids in the dictionary form.</summary>
    public bool NoPeerId { get; init; }

    /// <summary>The first eight bytes of the client's <c>key</c>, big-endian; 0 without one.</summary>
    public ulong Key { get; init; }

    /// <param name="query">Without or with the leading question mark, percent-encoded as it came.</param>
    public static bool TryParse(ReadOnlySpan<byte> query, out HttpAnnounceQuery announce, out TrackerQueryError error)
    {
        announce = default;
        InfoHash? infoHash = null;
        PeerId? peerId = null;
        long? port = null;
        long uploaded = 0;
        long downloaded = 0;
        long left = UnknownLeft;
        long? numWant = null;
        TrackerEvent trackerEvent = TrackerEvent.None;
        bool compact = true;
        bool noPeerId = false;
        ulong key = 0;

        var reader = new QueryReader(query);
        Span<byte> id = stackalloc byte[InfoHash.LengthBytes];
        while (reader.TryRead())
        {
            ReadOnlySpan<byte> value = reader.RawValue;
            error = TrackerQueryError.None;
            if (reader.Name.SequenceEqual("info_hash"u8))
            {
                if (infoHash is not null)
                    error = TrackerQueryError.TooManyInfoHashes;
                else if (!TryDecodeId(value, id, TrackerQueryError.InvalidInfoHash, out error))
                    return false;
                else
                    infoHash = new InfoHash(id);
            }
            else if (reader.Name.SequenceEqual("peer_id"u8))
            {
                if (TryDecodeId(value, id, TrackerQueryError.InvalidPeerId, out error))
                    peerId = new PeerId(id);
            }
            else if (reader.Name.SequenceEqual("port"u8))
            {
                if (QueryReader.TryParseNumber(value, out long number) && number is > 0 and <= ushort.MaxValue)
                    port = number;
                else
                    error = TrackerQueryError.InvalidPort;
            }
            else if (reader.Name.SequenceEqual("uploaded"u8))
                error = ReadNumber(value, ref uploaded);
            else if (reader.Name.SequenceEqual("downloaded"u8))
                error = ReadNumber(value, ref downloaded);
            else if (reader.Name.SequenceEqual("left"u8))
                error = ReadNumber(value, ref left);
            else if (reader.Name.SequenceEqual("numwant"u8))
            {
                // -1 is what some clients send for "as you like".
                long number = -1;
                error = ReadNumber(value, ref number);
                numWant = number < 0 ? null : number;
            }
            else if (reader.Name.SequenceEqual("event"u8))
                error = ReadEvent(value, ref trackerEvent);
            else if (reader.Name.SequenceEqual("compact"u8))
                compact = !value.SequenceEqual("0"u8);
            else if (reader.Name.SequenceEqual("no_peer_id"u8))
                noPeerId = value.SequenceEqual("1"u8);
            else if (reader.Name.SequenceEqual("key"u8))
                key = ReadKey(value);
            if (error != TrackerQueryError.None)
                return false;
        }

        error = reader.Error;
        if (error == TrackerQueryError.None)
        {
            error =
                infoHash is null ? TrackerQueryError.MissingInfoHash
                : peerId is null ? TrackerQueryError.MissingPeerId
                : port is null ? TrackerQueryError.MissingPort
                : TrackerQueryError.None;
        }
        if (error != TrackerQueryError.None)
            return false;
        announce = new HttpAnnounceQuery
        {
            InfoHash = infoHash!.Value,
            PeerId = peerId!.Value,
            Port = (ushort)port!.Value,
            UploadedBytes = Math.Max(0, uploaded),
            DownloadedBytes = Math.Max(0, downloaded),
            LeftBytes = left,
            Event = trackerEvent,
            NumWant = numWant is { } wanted ? (int)Math.Min(wanted, int.MaxValue) : null,
            Compact = compact,
            NoPeerId = noPeerId,
            Key = key,
        };
        return true;
    }

    private static bool TryDecodeId(
        ReadOnlySpan<byte> raw,
        Span<byte> id,
        TrackerQueryError wrongLength,
        out TrackerQueryError error
    )
    {
        if (QueryReader.TryDecode(raw, id, out int written, out error) && written == id.Length)
            return true;
        if (error == TrackerQueryError.None)
            error = wrongLength;
        return false;
    }

    private static TrackerQueryError ReadNumber(ReadOnlySpan<byte> raw, ref long value) =>
        QueryReader.TryParseNumber(raw, out value) ? TrackerQueryError.None : TrackerQueryError.InvalidNumber;

    private static TrackerQueryError ReadEvent(ReadOnlySpan<byte> raw, ref TrackerEvent value)
    {
        if (raw.SequenceEqual("started"u8))
            value = TrackerEvent.Started;
        else if (raw.SequenceEqual("completed"u8))
            value = TrackerEvent.Completed;
        else if (raw.SequenceEqual("stopped"u8))
            value = TrackerEvent.Stopped;
        else if (raw.SequenceEqual("paused"u8))
            value = TrackerEvent.Paused;
        else if (raw.IsEmpty || raw.SequenceEqual("empty"u8))
            value = TrackerEvent.None; // BEP 3: "empty" is the same as not present
        else
            return TrackerQueryError.InvalidEvent;
        return TrackerQueryError.None;
    }

    private static ulong ReadKey(ReadOnlySpan<byte> raw)
    {
        Span<byte> key = stackalloc byte[sizeof(ulong)];
        key.Clear();
        QueryReader.TryDecode(raw, key, out _, out _);
        return BinaryPrimitives.ReadUInt64BigEndian(key);
    }
}
