using System.Buffers;
using System.Text;

namespace Distribution.Contracts.PlainHttp;

/// <summary>
/// The head of a plain request: GET or HEAD in HTTP/1 with headers that every server understands alike, and nothing else. It decides nothing
/// about others: whatever is rare, wrong or clever is the web server's to judge.
/// </summary>
public readonly ref struct PlainHead
{
    /// <summary>Longer heads are the web server's. A BitTorrent client's has about 500 bytes, a browser's 1,000.</summary>
    public const int MaxBytes = 4096;

    private static readonly SearchValues<byte> HostCharacters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-"u8
    );

    private PlainHead(
        bool isHead,
        bool isHttp11,
        bool keepsAlive,
        ReadOnlySpan<byte> target,
        ReadOnlySpan<byte> range,
        int lengthBytes
    )
    {
        int mark = target.IndexOf((byte)'?');
        Path = mark < 0 ? target : target[..mark];
        Query = mark < 0 ? default : target[(mark + 1)..];
        HasQuery = mark >= 0;
        IsHead = isHead;
        IsHttp11 = isHttp11;
        KeepsAlive = keepsAlive;
        Range = range;
        LengthBytes = lengthBytes;
    }

    /// <summary>HEAD, not GET.</summary>
    public bool IsHead { get; }

    /// <summary>Not HTTP/1.0.</summary>
    public bool IsHttp11 { get; }

    /// <summary>As it came: not decoded. Visible ASCII that begins with a slash.</summary>
    public ReadOnlySpan<byte> Path { get; }

    public bool HasQuery { get; }

    /// <summary>Behind the question mark, as it came.</summary>
    public ReadOnlySpan<byte> Query { get; }

    /// <summary>The value of <c>Range</c>; empty: there is none.</summary>
    public ReadOnlySpan<byte> Range { get; }

    /// <summary>The client keeps the connection for more requests.</summary>
    public bool KeepsAlive { get; }

    /// <summary>What of the input it is, with the empty line.</summary>
    public int LengthBytes { get; }

    /// <summary>False: it is not plain, or not whole.</summary>
    public static bool TryRead(ReadOnlySpan<byte> input, out PlainHead head)
    {
        head = default;
        bool isHead = input.StartsWith("HEAD /"u8);
        if (!isHead && !input.StartsWith("GET /"u8))
            return false;
        int end = input[..Math.Min(input.Length, MaxBytes)].IndexOf("\r\n\r\n"u8);
        if (end < 0)
            return false;
        int lineEnd = input.IndexOf("\r\n"u8);
        ReadOnlySpan<byte> line = input[(isHead ? 5 : 4)..lineEnd];
        int space = line.IndexOf((byte)' ');
        if (space < 0)
            return false;
        bool isHttp11 = line[(space + 1)..].SequenceEqual("HTTP/1.1"u8);
        if (!isHttp11 && !line[(space + 1)..].SequenceEqual("HTTP/1.0"u8))
            return false;
        ReadOnlySpan<byte> target = line[..space];
        // A fragment is none of a client's.
        if (target.IndexOfAnyExceptInRange((byte)0x21, (byte)0x7e) >= 0 || target.Contains((byte)'#'))
            return false;
        var seen = new Seen();
        if (!seen.TryReadAll(input[(lineEnd + 2)..(end + 2)]) || isHttp11 && !seen.HasHost)
            return false;
        // An older client that wants to keep its connection has to be told so.
        if (!isHttp11 && seen.KeepsAlive)
            return false;
        head = new PlainHead(isHead, isHttp11, isHttp11 && !seen.Closes, target, seen.Range, end + 4);
        return true;
    }

    /// <summary>A name or an IPv4 address, or an IPv6 address in brackets, and perhaps a port.</summary>
    private static bool IsHost(ReadOnlySpan<byte> value)
    {
        int rest;
        if (value.StartsWith("["u8))
        {
            rest = value.IndexOf((byte)']') + 1;
            if (rest < 4 || !System.Net.IPAddress.TryParse(Encoding.ASCII.GetString(value[1..(rest - 1)]), out _))
                return false;
        }
        else
        {
            rest = value.IndexOfAnyExcept(HostCharacters);
            if (rest < 0)
                return !value.IsEmpty;
            if (rest == 0)
                return false;
        }
        ReadOnlySpan<byte> port = value[rest..];
        return port.IsEmpty
            || port.Length is >= 2 and <= 6
                && port[0] == ':'
                && port[1..].IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;
    }

    private static bool Is(ReadOnlySpan<byte> value, ReadOnlySpan<byte> expected) =>
        Ascii.EqualsIgnoreCase(value, expected);

    /// <summary>Changes nothing about an answer, whatever it says.</summary>
    private static bool IsHarmless(ReadOnlySpan<byte> name) =>
        name.Length switch
        {
            3 => Is(name, "dnt"u8),
            6 => Is(name, "accept"u8) || Is(name, "pragma"u8) || Is(name, "origin"u8),
            7 => Is(name, "referer"u8),
            8 => Is(name, "priority"u8),
            9 => Is(name, "sec-ch-ua"u8),
            10 => Is(name, "user-agent"u8),
            11 => Is(name, "want-digest"u8),
            13 => Is(name, "cache-control"u8),
            14 => Is(name, "sec-fetch-mode"u8) || Is(name, "sec-fetch-dest"u8) || Is(name, "sec-fetch-site"u8),
            15 => Is(name, "accept-encoding"u8) || Is(name, "accept-language"u8),
            16 => Is(name, "sec-ch-ua-mobile"u8),
            18 => Is(name, "sec-ch-ua-platform"u8),
            _ => false,
        };

    private ref struct Seen
    {
        public bool HasHost { get; private set; }

        public bool Closes { get; private set; }

        public bool KeepsAlive { get; private set; }

        public ReadOnlySpan<byte> Range { get; private set; }

        public bool TryReadAll(ReadOnlySpan<byte> lines)
        {
            while (!lines.IsEmpty)
            {
                int end = lines.IndexOf("\r\n"u8);
                if (!TryRead(lines[..end]))
                    return false;
                lines = lines[(end + 2)..];
            }
            return true;
        }

        private bool TryRead(ReadOnlySpan<byte> line)
        {
            int colon = line.IndexOf((byte)':');
            if (colon <= 0 || line.IndexOfAnyExceptInRange((byte)0x20, (byte)0x7e) >= 0)
                return false;
            ReadOnlySpan<byte> name = line[..colon];
            ReadOnlySpan<byte> value = line[(colon + 1)..].Trim((byte)' ');
            switch (name.Length)
            {
                case 4 when Is(name, "host"u8):
                    if (HasHost || !IsHost(value))
                        return false;
                    HasHost = true;
                    return true;
                case 5 when Is(name, "range"u8):
                    if (!Range.IsEmpty || value.IsEmpty)
                        return false;
                    Range = value;
                    return true;
                case 10 when Is(name, "connection"u8):
                    if (Closes || KeepsAlive)
                        return false;
                    Closes = Is(value, "close"u8);
                    KeepsAlive = Is(value, "keep-alive"u8);
                    return Closes || KeepsAlive;
                default:
                    return IsHarmless(name);
            }
        }
    }
}
