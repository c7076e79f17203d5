using System.Globalization;

namespace Distribution.Ingest.CdnLogs;

/// <summary>
/// W3C extended log files: a <c>#Fields</c> directive names the columns, parted by tabs or spaces. <c>sc-bytes</c> is the whole answer in most
/// servers and CDNs; where <c>sc-content-len</c> stands too, the smaller of the two is taken, else an answer's head counts with its body.
/// </summary>
internal sealed class W3cLog
{
    private readonly Dictionary<string, int> _places = new(StringComparer.OrdinalIgnoreCase);
    private int _count;

    public bool HasFields => _count > 0;

    public void TakeDirective(string line)
    {
        const string fields = "#Fields:";
        if (!line.StartsWith(fields, StringComparison.OrdinalIgnoreCase))
            return;
        string[] names = line[fields.Length..].Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        _places.Clear();
        for (int i = 0; i < names.Length; i++)
            _places.TryAdd(names[i], i);
        _count = names.Length;
    }

    /// <summary>Null: read; otherwise what is wrong.</summary>
    public string? TryRead(string line, out LogRequest request)
    {
        request = default;
        List<string> values = Split(line);
        if (values.Count != _count)
            return $"it has {values.Count} fields, and #Fields names {_count}";
        if (
            !DateTimeOffset.TryParseExact(
                $"{Value("date")} {Value("time")}",
                ["yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm:ss.FFFFFFF"],
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out DateTimeOffset time
            )
        )
            return "its date and time cannot be read";
        if (Value("cs-uri-stem") is null && Value("cs-uri") is null)
            return "#Fields names neither cs-uri-stem nor cs-uri";
        if (!int.TryParse(Value("sc-status"), NumberStyles.None, CultureInfo.InvariantCulture, out int status))
            return "its sc-status cannot be read";
        long bytes = 0;
        if (!(Value("sc-bytes") is { } sent && (sent == "-" || LogRequest.TryParseCount(sent, out bytes))))
            return "its sc-bytes cannot be read";
        if (Value("sc-content-len") is { } told && LogRequest.TryParseCount(told, out long body))
            bytes = Math.Min(bytes, body);
        string query = Value("cs-uri-query") is { Length: > 0 } text && text != "-" ? $"?{text.TrimStart('?')}" : "";
        request = new LogRequest
        {
            Time = time,
            Address = Value("c-ip"),
            IsRead = Value("cs-method") is null or "GET",
            Url = Value("cs-uri-stem") is { } stem ? stem + query : Value("cs-uri")!,
            Status = status,
            Bytes = bytes,
        };
        return null;

        string? Value(string name) => _places.TryGetValue(name, out int place) ? values[place] : null;
    }

    /// <summary>Tabs, where there are any, part alone: then values may hold spaces. Else quoted values may.</summary>
    private static List<string> Split(string line)
    {
        if (line.Contains('\t', StringComparison.Ordinal))
            return [.. line.Split('\t')];
        var values = new List<string>();
        int at = 0;
        while (at < line.Length)
        {
            bool isQuoted = line[at] == '"';
            int end = isQuoted ? line.IndexOf('"', at + 1) + 1 : line.IndexOf(' ', at);
            if (end <= 0)
                end = line.Length;
            values.Add(line[at..end]);
            at = end;
            while (at < line.Length && line[at] == ' ')
                at++;
        }
        return values;
    }
}
