using System.Buffers;

namespace Distribution.Silos.Announces.Plain;

/// <summary>
/// Recognises the requests of BitTorrent clients: <c>GET /announce?…</c> or <c>GET /scrape?…</c> in HTTP/1.1 or 1.0 with the headers that clients
/// send and nothing else. It decides nothing about others: whatever is rare, wrong or clever is the framework's to judge.
/// </summary>
internal readonly ref struct PlainRequest
{
    /// <summary>Longer heads are the framework's. A client's has about 500 bytes.</summary>
    public const int MaxHeadBytes = 4096;

    private static readonly SearchValues<byte> HostCharacters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]"u8
    );

    private PlainRequest(PlainRequestKind kind, ReadOnlySpan<byte> query, bool keepsAlive, int lengthBytes)
    {
        Kind = kind;
        Query = query;
        KeepsAlive = keepsAlive;
        LengthBytes = lengthBytes;
    }

    public PlainRequestKind Kind { get; }

    /// <summary>Behind the question mark, as it came.</summary>
    public ReadOnlySpan<byte> Query { get; }

    /// <summary>The connection is for more requests.</summary>
    public bool KeepsAlive { get; }

    /// <summary>What of the input it is.</summary>
    public int LengthBytes { get; }

    /// <summary>Looks at what has come so far.</summary>
    public static PlainRequest Read(ReadOnlySpan<byte> input)
    {
        PlainRequestKind kind = KindOf(input, out int path);
        if (kind is PlainRequestKind.Incomplete or PlainRequestKind.Other)
            return new PlainRequest(kind, default, false, 0);
        int end = input[..Math.Min(input.Length, MaxHeadBytes)].IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            kind = input.Length < MaxHeadBytes ? PlainRequestKind.Incomplete : PlainRequestKind.Other;
            return new PlainRequest(kind, default, false, 0);
        }
        int lineEnd = input.IndexOf("\r\n"u8);
        ReadOnlySpan<byte> target = input[path..lineEnd];
        int space = target.IndexOf((byte)' ');
        bool isHttp11 = space >= 0 && target[(space + 1)..].SequenceEqual("HTTP/1.1"u8);
        if (
            space < 0
            || !(isHttp11 || target[(space + 1)..].SequenceEqual("HTTP/1.0"u8))
            || !IsPlainTarget(target[..space])
            || !TryReadHeaders(input[(lineEnd + 2)..(end + 2)], out bool closes, out bool hasHost)
            || (isHttp11 && !hasHost)
        )
            return new PlainRequest(PlainRequestKind.Other, default, false, 0);
        return new PlainRequest(kind, target[..space], isHttp11 && !closes, end + 4);
    }

    private static PlainRequestKind KindOf(ReadOnlySpan<byte> input, out int path)
    {
        ReadOnlySpan<byte> announce = "GET /announce?"u8;
        ReadOnlySpan<byte> scrape = "GET /scrape?"u8;
        path = 0;
        if (input.StartsWith(announce))
        {
            path = announce.Length;
            return PlainRequestKind.Announce;
        }
        if (input.StartsWith(scrape))
        {
            path = scrape.Length;
            return PlainRequestKind.Scrape;
        }
        return announce.StartsWith(input) || scrape.StartsWith(input)
            ? PlainRequestKind.Incomplete
            : PlainRequestKind.Other;
    }

    /// <summary>Visible ASCII; a fragment is none of a client's.</summary>
    private static bool IsPlainTarget(ReadOnlySpan<byte> query) =>
        query.IndexOfAnyExceptInRange((byte)0x21, (byte)0x7e) < 0 && !query.Contains((byte)'#');

    private static bool TryReadHeaders(ReadOnlySpan<byte> lines, out bool closes, out bool hasHost)
    {
        closes = false;
        hasHost = false;
        while (!lines.IsEmpty)
        {
            int end = lines.IndexOf("\r\n"u8);
            ReadOnlySpan<byte> line = lines[..end];
            lines = lines[(end + 2)..];
            int colon = line.IndexOf((byte)':');
            if (colon <= 0 || line.IndexOfAnyExceptInRange((byte)0x20, (byte)0x7e) >= 0)
                return false;
            ReadOnlySpan<byte> value = line[(colon + 1)..].Trim((byte)' ');
            switch (HeaderOf(line[..colon]))
            {
                case Header.Host when !hasHost && !value.IsEmpty && value.IndexOfAnyExcept(HostCharacters) < 0:
                    hasHost = true;
                    break;
                case Header.Connection when !closes && Is(value, "close"u8):
                    closes = true;
                    break;
                case Header.Harmless:
                    break;
                default:
                    return false;
            }
        }
        return true;
    }

    private static Header HeaderOf(ReadOnlySpan<byte> name) =>
        name.Length switch
        {
            4 when Is(name, "host"u8) => Header.Host,
            10 when Is(name, "connection"u8) => Header.Connection,
            10 when Is(name, "user-agent"u8) => Header.Harmless,
            6 when Is(name, "accept"u8) || Is(name, "pragma"u8) => Header.Harmless,
            11 when Is(name, "want-digest"u8) => Header.Harmless,
            13 when Is(name, "cache-control"u8) => Header.Harmless,
            15 when Is(name, "accept-encoding"u8) || Is(name, "accept-language"u8) => Header.Harmless,
            _ => Header.Unusual,
        };

    private static bool Is(ReadOnlySpan<byte> value, ReadOnlySpan<byte> expected) =>
        System.Text.Ascii.EqualsIgnoreCase(value, expected);

    private enum Header
    {
        Unusual,
        Host,
        Connection,

        /// <summary>Changes nothing about the answer.</summary>
        Harmless,
    }
}
