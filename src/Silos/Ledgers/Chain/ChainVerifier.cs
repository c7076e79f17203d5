using Distribution.Contracts.Ledgers.Chain;

namespace Distribution.Silos.Ledgers.Chain;

/// <summary>
/// Checks an export line by line, knowing nothing but its lines: the form, the order, each hash, each signature, what entries say about one
/// another, and that the end is there. Memory does not grow with the number of lines.
/// </summary>
public sealed class ChainVerifier : IDisposable
{
    /// <summary>Two exabytes: what is more was not sent by anybody, and sums of such stay within 63 bits.</summary>
    private const long MostBytes = 1L << 61;

    private readonly ChainReport? _report;
    private long _line;
    private ChainPublicKey? _key;
    private ChainEntry? _last;
    private ChainEnd? _end;
    private long? _through;

    /// <param name="report">Gets each entry that books an hour.</param>
    public ChainVerifier(ChainReport? report = null) => _report = report;

    /// <summary>What does not fit; null so far, or at all.</summary>
    public ChainFault? Fault { get; private set; }

    public ChainSummary Summary { get; private set; } = new();

    /// <summary>The prices of the export's end, once it is read.</summary>
    public ExportPrices? Prices { get; private set; }

    /// <summary>The entry that <see cref="Add"/> has just taken; null: the line was the end.</summary>
    public ChainEntry? Entry { get; private set; }

    /// <summary>Takes the next line, without its newline. False: it does not fit, and what follows is not looked at.</summary>
    public bool Add(ReadOnlySpan<byte> line)
    {
        if (Fault is not null)
            return false;
        _line++;
        Entry = null;
        if (_end is not null)
            return Fail(null, "nothing may follow the end of the export");
        if (!ChainLineReader.TryRead(line, out ChainLine? read, out string? problem))
            return Fail(null, problem);
        if (_line == 1 && read is not ChainStart)
            return Fail(null, "an export begins with entry 0, the start of the chain");
        if (read is ChainEnd end)
            return Close(line, end);
        Entry = (ChainEntry)read;
        return Link(line, Entry) && Accept(line, Entry);
    }

    /// <summary>Call it after the last line. False: something is missing there.</summary>
    public bool Finish()
    {
        if (Fault is null && _end is null)
            Fault = new ChainFault(
                _line == 0 ? 0 : _line + 1,
                null,
                _line == 0
                    ? "the file is empty"
                    : $"the export's last line is missing: it was cut off after entry {_last?.Sequence ?? 0}, or is not finished"
            );
        return Fault is null;
    }

    public void Dispose() => _key?.Dispose();

    /// <summary>The line's own hash, and how it follows the one before.</summary>
    private bool Link(ReadOnlySpan<byte> line, ChainEntry entry)
    {
        bool isAnchor = _line == 2 && entry.Sequence > 1;
        long expected = isAnchor ? entry.Sequence : (_last?.Sequence ?? -1) + 1;
        // The number that such a line gives itself is not to be trusted either.
        if (ChainHash.Of(ChainLineReader.Hashed(line)) != entry.Hash)
            return Fail(expected, "its hash is not the hash of what it says: it was changed");
        if (_last is null)
            return entry.Previous == ChainHash.None
                || Fail(entry.Sequence, "the first entry may not name one before it");
        if (entry.Sequence != expected)
            return Fail(
                expected,
                entry.Sequence < expected
                    ? $"entry {entry.Sequence} stands here, which belongs further up"
                    : $"it is missing: entry {entry.Sequence} follows instead"
            );
        if (!isAnchor && entry.Previous != _last.Hash)
            return Fail(
                entry.Sequence,
                $"it does not follow entry {_last.Sequence} as that is here: one of the two was changed or replaced"
            );
        if (entry.At < _last.At)
            return Fail(entry.Sequence, "it is older than the entry before it");
        if (isAnchor)
            Summary = Summary with
            {
                After = entry.Sequence,
                CompleteFrom = entry.At - entry.At % HourTable.HourSeconds + HourTable.HourSeconds,
                Entries = 0,
            };
        return true;
    }

    private bool Accept(ReadOnlySpan<byte> line, ChainEntry entry)
    {
        bool isAnchor = Summary.After == entry.Sequence && _line == 2;
        switch (entry)
        {
            case ChainStart start when _last is not null:
                return Fail(start.Sequence, "only the first entry is a start");
            case ChainStart start:
                if (!ChainPublicKey.TryRead(start.PublicKey, out _key))
                    return Fail(start.Sequence, "its key is no public key of P-256");
                Summary = Summary with { Fingerprint = _key.Fingerprint };
                break;
            case ChainHour hour:
                if (!isAnchor && !Book(hour))
                    return false;
                break;
            case ChainCheckpoint checkpoint:
                if (!_key!.Verifies(ChainLineReader.Signed(line), checkpoint.Signature))
                    return Fail(
                        checkpoint.Sequence,
                        "its signature is not the instance's: it, or something before it, was made by somebody else"
                    );
                if (checkpoint.Through < _through || checkpoint.Through > checkpoint.At)
                    return Fail(checkpoint.Sequence, "it closes fewer hours than the one before, or the future");
                _through = checkpoint.Through;
                Summary = Summary with
                {
                    Through = checkpoint.Through,
                    Checkpoints = Summary.Checkpoints + (isAnchor ? 0 : 1),
                };
                break;
        }
        _last = entry;
        Summary = Summary with
        {
            Entries = Summary.Entries + (isAnchor ? 0 : 1),
            Last = entry.Sequence,
            Head = entry.Hash,
        };
        return true;
    }

    private bool Book(ChainHour hour)
    {
        if (hour.HourStart > hour.At)
            return Fail(hour.Sequence, "it books an hour that had not begun");
        if (_line == 2)
            _through ??= 0;
        if (_through is { } through && hour.IsLate != hour.HourStart < through)
            return Fail(
                hour.Sequence,
                hour.IsLate
                    ? "it is marked late, and its hour was not closed"
                    : "its hour was closed, and it is not marked late"
            );
        if (!TryAdd(Summary.Totals, hour.Figures, out ChainFigures totals))
            return Fail(hour.Sequence, "the sums are beyond two exabytes");
        if (_report is not null && !_report.Add(hour, hour.HourStart >= Summary.CompleteFrom, out string? problem))
            return Fail(hour.Sequence, problem);
        Summary = Summary with
        {
            HourEntries = Summary.HourEntries + 1,
            LateEntries = Summary.LateEntries + (hour.IsLate ? 1 : 0),
            FirstHour = Math.Min(Summary.FirstHour ?? long.MaxValue, hour.HourStart),
            LastHour = Math.Max(Summary.LastHour ?? 0, hour.HourStart),
            Totals = totals,
        };
        return true;
    }

    private bool Close(ReadOnlySpan<byte> line, ChainEnd end)
    {
        if (_last is not ChainCheckpoint)
            return Fail(_last!.Sequence, "no checkpoint follows it: the instance has not signed it", _line - 1);
        if (end.After != Summary.After)
            return end.After == 0
                ? Fail(1, "it is missing, and the export's end says that it is whole", 2)
                : Fail(null, $"the export's end says that it begins after entry {end.After}, and it does not");
        if (end.Last != _last.Sequence || end.Head != _last.Hash)
            return Fail(
                null,
                $"the export's end is of a chain that ends with entry {end.Last}, and the last one here is entry {_last.Sequence}"
            );
        if (!_key!.Verifies(ChainLineReader.Signed(line), end.Signature))
            return Fail(null, "the signature of the export's end is not the instance's");
        if (end.At < _last.At)
            return Fail(null, "the export's end is older than its last entry");
        if (!PriceText.TryRead(end.Prices, out ExportPrices? prices))
            return Fail(null, "the prices of the export's end cannot be read");
        Prices = prices;
        _end = end;
        return true;
    }

    private static bool TryAdd(in ChainFigures sum, in ChainFigures more, out ChainFigures total)
    {
        total = new ChainFigures(
            Add(sum.Low, more.Low),
            Add(sum.High, more.High),
            Add(sum.WebSeed, more.WebSeed),
            Add(sum.Direct, more.Direct),
            Add(sum.Edge, more.Edge),
            Add(sum.EdgeFill, more.EdgeFill),
            Add(sum.ViewerUpload, more.ViewerUpload),
            Add(sum.Cdn, more.Cdn),
            Add(sum.EdgeMetadata, more.EdgeMetadata),
            Add(sum.EdgeOverhead, more.EdgeOverhead),
            Add(sum.Waste, more.Waste)
        );
        return Math.Max(Math.Max(total.Low, total.High), Math.Max(total.WebSeed, total.Direct)) <= MostBytes
            && Math.Max(Math.Max(total.Edge, total.EdgeFill), total.ViewerUpload) <= MostBytes
            && Math.Max(Math.Max(total.Cdn, total.EdgeMetadata), Math.Max(total.EdgeOverhead, total.Waste))
                <= MostBytes;

        // Both are below 2^63 and not negative: what is too much stays too much.
        static long Add(long one, long other) => one > MostBytes || other > MostBytes ? long.MaxValue : one + other;
    }

    private bool Fail(long? sequence, string problem, long? line = null)
    {
        Fault = new ChainFault(line ?? _line, sequence, problem);
        return false;
    }
}
