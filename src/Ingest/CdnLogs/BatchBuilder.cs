using Distribution.Contracts.Ledgers.Logs;

namespace Distribution.Ingest.CdnLogs;

/// <summary>Adds up lines of a log until they are booked together.</summary>
/// <param name="from">Where in the log's text they begin.</param>
internal sealed class BatchBuilder(string name, long from)
{
    private const int HourSeconds = 3600;

    private readonly Dictionary<(string FileId, string? Address, long Hour), (long Bytes, long Lines)> _counts = [];
    private long _counted;
    private long _unknown;
    private long _malformed;
    private long _bytes;
    private string? _problem;

    public long Lines => _counted + _unknown + _malformed;

    public int CountRows => _counts.Count;

    public void Add(LineVerdict verdict, in AccessLogLine line, string? problem)
    {
        switch (verdict)
        {
            case LineVerdict.Counted:
                _counted++;
                _bytes += line.BodyBytes;
                var key = (line.FileId, line.Address?.ToString(), line.UnixSeconds - line.UnixSeconds % HourSeconds);
                (long bytes, long lines) = _counts.GetValueOrDefault(key);
                _counts[key] = (bytes + line.BodyBytes, lines + 1);
                break;
            case LineVerdict.Unknown:
                _unknown++;
                break;
            case LineVerdict.Malformed:
                _malformed++;
                _problem ??= problem;
                break;
        }
    }

    /// <param name="text">Stands at the end of the last line.</param>
    public LogBatch Build(string firstLine, LogText text) =>
        new()
        {
            FirstLine = firstLine,
            Name = name,
            FromOffset = from,
            ToOffset = text.Offset,
            ToHash = text.Hash,
            Lines = Lines,
            Malformed = _malformed,
            Unknown = _unknown,
            Problem = _problem,
            Counts =
            [
                .. _counts.Select(static pair => new LogCount(
                    pair.Key.FileId,
                    pair.Key.Address,
                    pair.Key.Hour,
                    pair.Value.Bytes,
                    pair.Value.Lines
                )),
            ],
        };

    /// <summary>The result with these lines.</summary>
    public LogImport AddTo(LogImport result) =>
        result with
        {
            Lines = result.Lines + Lines,
            Counted = result.Counted + _counted,
            Unknown = result.Unknown + _unknown,
            Malformed = result.Malformed + _malformed,
            CdnBytes = result.CdnBytes + _bytes,
            Problem = result.Problem ?? _problem,
        };
}
