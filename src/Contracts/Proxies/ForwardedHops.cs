using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Distribution.Contracts.Proxies;

/// <summary>Reads the chain of hops in <c>X-Forwarded-For</c> and <c>Forwarded</c>. Throws nothing, whatever is in them.</summary>
public static class ForwardedHops
{
    private const int MaxAddressCharacters = 64;

    private static readonly SearchValues<char> HexadecimalAndDots = SearchValues.Create("0123456789abcdefABCDEF:.");

    /// <summary>Adds the hops of a line of <c>X-Forwarded-For</c>: a list with commas between. Empty places are none (RFC 9110, 5.6.1).</summary>
    public static bool TryReadPlain(string line, List<string> hops)
    {
        hops.AddRange(line.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        return true;
    }

    /// <summary>Adds the hops of a line of <c>Forwarded</c> (RFC 7239, 4). False: it is malformed, or an element does not say "for" just once.</summary>
    public static bool TryReadStandard(string line, List<string> hops)
    {
        string? hop = null;
        bool isEmpty = true;
        int at = 0;
        while (true)
        {
            SkipSpaces(line, ref at);
            char next = at < line.Length ? line[at] : ',';
            if (next is ',' or ';')
            {
                if (next == ',')
                {
                    if (hop is not null)
                        hops.Add(hop);
                    else if (!isEmpty)
                        return false;
                    (hop, isEmpty) = (null, true);
                }
                if (at++ >= line.Length)
                    return true;
                continue;
            }
            if (!TryReadPair(line, ref at, out ReadOnlySpan<char> name, out string value))
                return false;
            isEmpty = false;
            if (name.Equals("for", StringComparison.OrdinalIgnoreCase))
            {
                if (hop is not null)
                    return false;
                hop = value;
            }
            SkipSpaces(line, ref at);
            if (at < line.Length && line[at] is not (',' or ';'))
                return false;
        }
    }

    /// <summary>An address as proxies write it: IPv4, or IPv6 with or without brackets, and perhaps a port. Not "unknown", not a name.</summary>
    public static bool TryReadAddress(string text, [NotNullWhen(true)] out IPAddress? address, bool canHavePort = true)
    {
        address = null;
        if (text.Length > MaxAddressCharacters)
            return false;
        ReadOnlySpan<char> host = text;
        ReadOnlySpan<char> port = default;
        bool isBracketed = host.StartsWith("[");
        if (isBracketed)
        {
            int end = host.IndexOf(']');
            if (end < 0)
                return false;
            port = host[(end + 1)..];
            host = host[1..end];
        }
        else if (host.Count(':') == 1)
        {
            int colon = host.IndexOf(':');
            port = host[colon..];
            host = host[..colon];
        }
        if (!port.IsEmpty && !(canHavePort && IsPort(port)))
            return false;
        bool isIPv6 = host.Contains(':');
        // The system also takes "1" and "0x7f.1" for addresses, and zones behind "%".
        if (isIPv6 ? host.ContainsAnyExcept(HexadecimalAndDots) : isBracketed || !IsFourNumbers(host))
            return false;
        if (!IPAddress.TryParse(host, out address))
            return false;
        if (address.AddressFamily != (isIPv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork))
            return false;
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return true;
    }

    private static bool IsPort(ReadOnlySpan<char> text) =>
        text[0] == ':'
        && text.Length is >= 2 and <= 6
        && ushort.TryParse(text[1..], NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static bool IsFourNumbers(ReadOnlySpan<char> text)
    {
        int numbers = 0;
        foreach (Range part in text.Split('.'))
        {
            ReadOnlySpan<char> number = text[part];
            // "010" is eight to some and ten to others.
            if (
                (number.Length > 1 && number[0] == '0')
                || !byte.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out _)
            )
                return false;
            numbers++;
        }
        return numbers == 4;
    }

    private static void SkipSpaces(string line, ref int at)
    {
        while (at < line.Length && line[at] is ' ' or '\t')
            at++;
    }

    private static bool TryReadPair(string line, ref int at, out ReadOnlySpan<char> name, out string value)
    {
        value = "";
        name = Token(line, ref at);
        if (name.IsEmpty || at >= line.Length || line[at] != '=')
            return false;
        at++;
        if (at < line.Length && line[at] == '"')
            return TryReadQuoted(line, ref at, out value);
        value = Token(line, ref at).ToString();
        return value.Length > 0;
    }

    /// <summary>A token (RFC 9110, 5.6.2), and what many write without quotes all the same: colons and brackets.</summary>
    private static ReadOnlySpan<char> Token(string line, ref int at)
    {
        int start = at;
        while (at < line.Length && (char.IsAsciiLetterOrDigit(line[at]) || "!#$%&'*+-.^_`|~:[]".Contains(line[at])))
            at++;
        return line.AsSpan(start, at - start);
    }

    private static bool TryReadQuoted(string line, ref int at, out string value)
    {
        value = "";
        var text = new StringBuilder();
        for (at++; at < line.Length; at++)
        {
            if (line[at] == '"')
            {
                at++;
                value = text.ToString();
                return true;
            }
            if (line[at] == '\\' && ++at == line.Length)
                return false;
            text.Append(line[at]);
        }
        return false;
    }
}
