using System.Security.Cryptography;
using Distribution.Contracts.Ledgers.Logs;

namespace Distribution.Ingest.CdnLogs;

/// <summary>
/// Brings access logs into the ledger, each line once. (1) A log is known by its first line, not by its name or place: rotated, packed,
/// copied and uploaded again it is the same. (2) The ledger tells how far it is booked, and the hash of that text; the text is read up to
/// there and must have that hash, else nothing is booked. (3) What follows is booked in batches, each with its end and hash in one
/// transaction. So kill -9 anywhere loses and doubles nothing: the next visit goes on at the last batch's end.
/// </summary>
internal sealed class LogImporter(IGrainFactory grains)
{
    private const int MaxBatchLines = 50_000;
    private const int MaxBatchCounts = 1_000;

    private const string Differs =
        "it begins as a log that is booked, and differs from it further on: nothing of it is booked";

    private const string Shorter = "it is shorter than what is booked of it: nothing in it is new";

    private const string Moved = "another server reads it, too: the rest is for the next visit";

    private const string Damaged = "the packed file is damaged or not finished: its lines up to there are booked";

    private IAccessLogGrain Ledger => grains.GetGrain<IAccessLogGrain>(0);

    /// <param name="name">For people.</param>
    /// <param name="file">As it is, packed or not; it is disposed.</param>
    /// <exception cref="IOException">It cannot be read. What was booked before stays.</exception>
    public async Task<LogImport> ImportAsync(string name, Stream file, CancellationToken stop)
    {
        await using var text = new LogText(file);
        var visit = new LogVisit(name, Ledger, text);
        var reader = new AccessLogReader();
        string? problem = null;
        try
        {
            while (problem is null && await text.MoveNextAsync(stop))
            {
                LineVerdict verdict = reader.Read(text.Line.Span, out AccessLogLine line, out string? fault);
                problem = await visit.TakeAsync(verdict, line, fault);
            }
        }
        catch (Exception damage) when (damage is InvalidDataException or EndOfStreamException)
        {
            problem = Damaged;
        }
        problem = await visit.EndAsync() ?? problem;
        return problem is null ? visit.Result : visit.Result with { Problem = problem, IsWhole = false };
    }

    /// <summary>One reading of one log.</summary>
    private sealed class LogVisit(string name, IAccessLogGrain ledger, LogText text)
    {
        private BatchBuilder _batch = new(name, 0);
        private string? _firstLine;
        private LogState? _booked;

        // The text so far is what is booked.
        private bool _fits = true;
        private bool _isOver;

        public LogImport Result { get; private set; } = new(name);

        /// <summary>Null: go on; otherwise why not.</summary>
        public async ValueTask<string?> TakeAsync(LineVerdict verdict, AccessLogLine line, string? fault)
        {
            if (_firstLine is null)
            {
                if (verdict == LineVerdict.Directive)
                    return null;
                _firstLine = Convert.ToHexStringLower(SHA256.HashData(text.Line.Span));
                _booked = await ledger.FindAsync(_firstLine);
                Result = Result with { EarlierBytes = _booked?.ReadBytes ?? 0 };
                _batch = new BatchBuilder(name, Result.EarlierBytes);
                _fits = _booked is null;
            }
            if (!_fits && text.Offset >= Result.EarlierBytes)
            {
                _fits = text.Offset == Result.EarlierBytes && text.Hash == _booked!.ReadHash;
                _isOver = !_fits;
                return _fits ? null : Differs;
            }
            if (!_fits)
                return null;
            _batch.Add(verdict, line, fault);
            return _batch.Lines >= MaxBatchLines || _batch.CountRows >= MaxBatchCounts ? await BookAsync() : null;
        }

        /// <summary>Books what is left; null: nothing stands in the way.</summary>
        public async Task<string?> EndAsync() =>
            _isOver || _firstLine is null ? null
            : !_fits ? Shorter
            : _batch.Lines > 0 ? await BookAsync()
            : null;

        private async Task<string?> BookAsync()
        {
            if (!await ledger.BookAsync(_batch.Build(_firstLine!, text)))
            {
                _isOver = true;
                return Moved;
            }
            Result = _batch.AddTo(Result);
            _batch = new BatchBuilder(name, text.Offset);
            return null;
        }
    }
}
