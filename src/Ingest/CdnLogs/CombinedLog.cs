using System.Globalization;

namespace Distribution.Ingest.CdnLogs;

/// <summary>
/// nginx's and Apache's combined format; the bytes are the body's (<c>$body_bytes_sent</c>), to the byte.
/// <c>192.0.2.1 - - [30/Nov/2026:12:00:00 +0000] "GET /bytes/… HTTP/1.1" 206 1048576 "-" "agent"</c>
/// </summary>
internal static class CombinedLog
{
    /// <summary>Null: read; otherwise what is wrong.</summary>
    public static string? TryRead(ReadOnlySpan<char> line, out LogRequest request)
    {
        request = default;
        int address = line.IndexOf(' ');
        int open = line.IndexOf(" [");
        int close = line.IndexOf("] \"");
        if (address <= 0 || open < address || close < open)
            return "it is of no format that is known";
        if (
            !DateTimeOffset.TryParseExact(
                line[(open + 2)..close],
                "dd/MMM/yyyy:HH:mm:ss zzz",
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out DateTimeOffset time
            )
        )
            return "its time cannot be read";
        ReadOnlySpan<char> rest = line[(close + 3)..];
        // Quotes within are written \x22 or \" by the servers.
        int end = EndOfQuoted(rest);
        if (end < 0)
            return "its request has no closing quote";
        ReadOnlySpan<char> words = rest[..end];
        rest = rest[(end + 1)..];
        int status = 0;
        long bytes = 0;
        // A cut line must not pass for a whole one: a space follows the bytes, and a quote.
        if (
            rest.Length < 6
            || rest[0] != ' '
            || !int.TryParse(rest[1..4], NumberStyles.None, CultureInfo.InvariantCulture, out status)
            || rest[4] != ' '
        )
            return "its status cannot be read";
        rest = rest[5..];
        int space = rest.IndexOf(' ');
        if (
            space < 0
            || !(rest[..space] is "-" || LogRequest.TryParseCount(rest[..space], out bytes))
            || !rest[(space + 1)..].StartsWith("\"")
        )
            return "its bytes cannot be read";
        int method = words.IndexOf(' ');
        int protocol = words.LastIndexOf(' ');
        request = new LogRequest
        {
            Time = time,
            Address = line[..address].ToString(),
            IsRead = words.StartsWith("GET "),
            Url = method < 0 || protocol <= method ? "" : words[(method + 1)..protocol].ToString(),
            Status = status,
            Bytes = bytes,
        };
        return null;
    }

    private static int EndOfQuoted(ReadOnlySpan<char> text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\')
                i++;
            else if (text[i] == '"')
                return i;
        }
        return -1;
    }
}
