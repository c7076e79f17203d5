using System.Text;

namespace Distribution.Ingest.CdnLogs;

/// <summary>
/// Reads lines of one access log, whichever of the formats it has: Azure Storage ($logs 1.0 and 2.0, and resource logs as JSON), Azure
/// Front Door as JSON, W3C extended, nginx combined. The format is told line by line. Nothing in a line makes it throw.
/// </summary>
internal sealed class AccessLogReader
{
    /// <summary>A longer line is malformed.</summary>
    public const int MaxLineBytes = 64 * 1024;

    private readonly W3cLog _w3c = new();

    /// <param name="bytes">Without its newline.</param>
    /// <param name="problem">What is wrong with a malformed one, for people.</param>
    public LineVerdict Read(ReadOnlySpan<byte> bytes, out AccessLogLine line, out string? problem)
    {
        line = default;
        problem = null;
        if (bytes.Length > MaxLineBytes)
        {
            problem = $"it is longer than {MaxLineBytes} bytes";
            return LineVerdict.Malformed;
        }
        ReadOnlySpan<byte> text = bytes.TrimEnd("\r "u8);
        ReadOnlySpan<byte> mark = [0xef, 0xbb, 0xbf];
        if (text.StartsWith(mark))
            text = text[mark.Length..];
        if (text.IsEmpty)
            return LineVerdict.Directive;
        if (text[0] == (byte)'#')
        {
            _w3c.TakeDirective(Encoding.UTF8.GetString(text));
            return LineVerdict.Directive;
        }
        problem = TryRead(text, out LogRequest request);
        if (problem is null && !LogRequest.IsPlausible(request.Time))
            problem = "its time is not plausible";
        return problem is null ? request.Judge(out line) : LineVerdict.Malformed;
    }

    private string? TryRead(ReadOnlySpan<byte> text, out LogRequest request)
    {
        if (text[0] == (byte)'{')
            return JsonLog.TryRead(text, out request);
        string line = Encoding.UTF8.GetString(text);
        if (line.StartsWith("1.0;", StringComparison.Ordinal) || line.StartsWith("2.0;", StringComparison.Ordinal))
            return StorageLog.TryRead(line, out request);
        return _w3c.HasFields ? _w3c.TryRead(line, out request) : CombinedLog.TryRead(line, out request);
    }
}
