namespace Distribution.BitTorrent.Trackers;

/// <summary>
/// The options behind a UDP announce (BEP 41): a type byte each, then, but for the first two, a length byte and as many bytes.
/// </summary>
/// <remarks>
/// Options of other types are skipped. What follows one that is cut off is not read, and what was read before it holds: to a tracker without
/// BEP 41 all of it is padding (BEP 15: a packet may be longer), so an announce is never refused for its options.
/// </remarks>
public static class UdpAnnounceOptions
{
    /// <summary>Nothing behind it is an option. One byte.</summary>
    public const byte EndOfOptions = 0;

    /// <summary>Padding of one byte.</summary>
    public const byte Nop = 1;

    /// <summary>A piece of the announce URL's path and query; pieces are joined in their order.</summary>
    public const byte UrlData = 2;

    /// <summary>Reads the path and query of the URL that the client was given, such as <c>/announce?a=b</c>.</summary>
    /// <param name="options">The packet behind its first <see cref="UdpAnnounceRequest.LengthBytes"/>.</param>
    /// <param name="destination">As long as the options: they always fit then.</param>
    /// <param name="written">Of the URL; 0: it was not told.</param>
    /// <returns>False: an option is cut off, or the URL does not fit.</returns>
    public static bool TryReadUrl(ReadOnlySpan<byte> options, Span<byte> destination, out int written)
    {
        written = 0;
        while (!options.IsEmpty)
        {
            byte type = options[0];
            options = options[1..];
            if (type == EndOfOptions)
                return true;
            if (type == Nop)
                continue;
            if (options.IsEmpty || options.Length - 1 < options[0])
                return false;
            ReadOnlySpan<byte> data = options.Slice(1, options[0]);
            options = options[(1 + data.Length)..];
            if (type != UrlData)
                continue;
            if (data.Length > destination.Length - written)
                return false;
            data.CopyTo(destination[written..]);
            written += data.Length;
        }
        return true;
    }

    /// <summary>Writes a URL's path and query as a client does; answers how many bytes.</summary>
    /// <param name="destination">At least the URL, two bytes for each 255 of it, and one.</param>
    public static int Write(ReadOnlySpan<byte> url, Span<byte> destination)
    {
        int written = 0;
        while (!url.IsEmpty)
        {
            ReadOnlySpan<byte> piece = url[..Math.Min(url.Length, byte.MaxValue)];
            url = url[piece.Length..];
            destination[written++] = UrlData;
            destination[written++] = (byte)piece.Length;
            piece.CopyTo(destination[written..]);
            written += piece.Length;
        }
        destination[written++] = EndOfOptions;
        return written;
    }
}
