using System.Globalization;
using System.Net;

namespace Distribution.Ingest.CdnLogs;

/// <summary>
/// Lines of Azure Storage Analytics ($logs), versions 1.0 and 2.0: fields parted by semicolons, in quotes and HTML-encoded where they hold
/// one. <c>response-packet-size</c> is the body's.
/// </summary>
internal static class StorageLog
{
    private const int StartTime = 1;
    private const int Operation = 2;
    private const int HttpStatus = 4;
    private const int RequestUrl = 11;
    private const int RequesterAddress = 15;
    private const int ResponsePacketSize = 20;

    /// <summary>Of version 1.0; 2.0 has more at the end.</summary>
    private const int FieldCount = 30;

    /// <summary>Null: read; otherwise what is wrong.</summary>
    public static string? TryRead(string line, out LogRequest request)
    {
        request = default;
        List<string> fields = Split(line);
        if (fields.Count < FieldCount)
            return $"it has {fields.Count} of at least {FieldCount} fields";
        if (
            !DateTimeOffset.TryParse(
                fields[StartTime],
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out DateTimeOffset time
            )
        )
            return "its request-start-time cannot be read";
        // A request that got no answer has no status.
        if (
            !int.TryParse(fields[HttpStatus], NumberStyles.None, CultureInfo.InvariantCulture, out int status)
            && fields[HttpStatus].Length > 0
        )
            return "its http-status-code cannot be read";
        long bytes = 0;
        if (fields[ResponsePacketSize].Length > 0 && !LogRequest.TryParseCount(fields[ResponsePacketSize], out bytes))
            return "its response-packet-size cannot be read";
        request = new LogRequest
        {
            Time = time,
            Address = fields[RequesterAddress],
            IsRead = fields[Operation] == "GetBlob",
            Url = WebUtility.HtmlDecode(fields[RequestUrl]),
            Status = status,
            Bytes = bytes,
        };
        return null;
    }

    private static List<string> Split(string line)
    {
        var fields = new List<string>(48);
        int at = 0;
        while (true)
        {
            bool isQuoted = at < line.Length && line[at] == '"';
            int quote = isQuoted ? line.IndexOf('"', at + 1) : -1;
            int end = line.IndexOf(';', quote < 0 ? at : quote);
            if (end < 0)
                end = line.Length;
            fields.Add(quote < 0 ? line[at..end] : line[(at + 1)..quote]);
            if (end == line.Length)
                return fields;
            at = end + 1;
        }
    }
}
