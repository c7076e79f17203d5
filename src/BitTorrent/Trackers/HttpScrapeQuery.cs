namespace Distribution.BitTorrent.Trackers;

/// <summary>An HTTP scrape (BEP 48), read from the raw query: any number of <c>info_hash</c> parameters, up to what the caller takes.</summary>
public static class HttpScrapeQuery
{
    /// <summary>As many as a UDP scrape may name (BEP 15).</summary>
    public const int MaxInfoHashes = 74;

    /// <param name="query">Without or with the leading question mark, percent-encoded as it came.</param>
    /// <param name="destination">Takes the info-hashes in their order; more are <see cref="TrackerQueryError.TooManyInfoHashes"/>.</param>
    /// <param name="count">How many there are; at least 1 where the answer is true: a scrape of everything is not offered.</param>
    public static bool TryParse(
        ReadOnlySpan<byte> query,
        Span<InfoHash> destination,
        out int count,
        out TrackerQueryError error
    )
    {
        count = 0;
        var reader = new QueryReader(query);
        Span<byte> id = stackalloc byte[InfoHash.LengthBytes];
        while (reader.TryRead())
        {
            if (!reader.Name.SequenceEqual("info_hash"u8))
                continue;
            if (!QueryReader.TryDecode(reader.RawValue, id, out int written, out error) || written != id.Length)
            {
                if (error == TrackerQueryError.None)
                    error = TrackerQueryError.InvalidInfoHash;
                return false;
            }
            if (count == destination.Length)
            {
                error = TrackerQueryError.TooManyInfoHashes;
                return false;
            }
            destination[count++] = new InfoHash(id);
        }
        error = reader.Error;
        if (error == TrackerQueryError.None && count == 0)
            error = TrackerQueryError.MissingInfoHash;
        return error == TrackerQueryError.None;
    }
}
