using System.Text;
using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Ledgers.Chain;
using Distribution.Silos.Reports;
using Distribution.Silos.State;
using Microsoft.Extensions.Logging;

namespace Distribution.Silos.Ledgers.Chain;

/// <summary>
/// The hash chain over the ledger's hours: closes hours, and reads it for an export. Several silos on one database write one chain: each
/// transaction begins where the last one ended, whoever made it.
/// </summary>
public sealed partial class LedgerChain(
    StateDatabase database,
    ChainKeyStore keys,
    PriceOptions prices,
    TimeProvider clock,
    ILogger<LedgerChain> logger
) : IDisposable
{
    /// <summary>An hour is closed this long after its end: counters of edges and announces come in with some delay.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(5);

    private const int LinesPerPage = 128;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private ChainHead? _known;

    /// <summary>Appends what is booked and not in the chain. Safe to repeat, and to be cut off anywhere.</summary>
    /// <param name="openHourToo">False: only hours that have been over for <see cref="Grace"/>.</param>
    /// <exception cref="ChainBrokenException">The chain is not what this instance has signed.</exception>
    /// <exception cref="StateUnavailableException">The database takes nothing now.</exception>
    /// <exception cref="InvalidDataException">The instance's key cannot be read.</exception>
    public async Task CloseAsync(bool openHourToo)
    {
        ChainKey key = await keys.GetAsync();
        await _turn.WaitAsync();
        try
        {
            ChainStep step;
            do
            {
                long now = clock.GetUtcNow().ToUnixTimeSeconds();
                long through = HourTable.HourOf(Math.Max(0, now - (long)Grace.TotalSeconds));
                long before = openHourToo ? long.MaxValue : through;
                ChainHead? known = _known;
                step = await database.WriteAsync(session =>
                    new ChainBook(session, key, now).Append(before, through, known)
                );
                _known = step.Head;
            } while (!step.IsFinished);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Closes everything and fixes what an export holds.</summary>
    /// <param name="from">Entries appended before it are left out; null: none are.</param>
    /// <exception cref="StateUnavailableException">Likewise <see cref="InvalidDataException"/>: see <see cref="CloseAsync"/>.</exception>
    public async Task<LedgerExport> BeginExportAsync(DateTimeOffset? from)
    {
        try
        {
            await CloseAsync(openHourToo: true);
        }
        catch (ChainBrokenException fault)
        {
            // It is shown as it is, for everybody to see what does not fit.
            LogBroken(fault.Message);
        }
        ChainKey key = await keys.GetAsync();
        return await database.ReadAsync(session => Begin(session, key, from?.ToUnixTimeSeconds()));
    }

    /// <summary>Lines of the chain after a sequence.</summary>
    public async Task<LedgerExportPage> ReadAsync(long after, long last)
    {
        List<(long Sequence, string Line)> rows = await database.ReadAsync(session =>
            EntryTable.ReadPage(session, after, last, LinesPerPage)
        );
        return new LedgerExportPage(
            [.. rows.Select(static row => row.Line)],
            rows.Count > 0 ? rows[^1].Sequence : last
        );
    }

    public async Task<LedgerKey> GetKeyAsync() => (await keys.GetAsync()).Public;

    public void Dispose() => _turn.Dispose();

    private LedgerExport Begin(StateSession session, ChainKey key, long? from)
    {
        (long last, string lastLine) = EntryTable.ReadLast(session) ?? (0, "");
        long anchor = from is { } time ? FindLastBefore(session, time, last) : 0;
        List<string> first = EntryTable.Find(session, 0) is { } start ? [start] : [];
        if (anchor > 0 && EntryTable.Find(session, anchor) is { } anchorLine)
            first.Add(anchorLine);
        else
            anchor = 0;
        ChainHash head =
            ChainLineReader.TryRead(Encoding.UTF8.GetBytes(lastLine), out ChainLine? read, out _)
            && read is ChainEntry entry
                ? entry.Hash
                : ChainHash.None;
        long now = clock.GetUtcNow().ToUnixTimeSeconds();
        string end = ChainLineWriter.Write(
            new ChainEnd(now, anchor, last, head, PriceText.Write(ExportPrices.Read(session, prices))),
            key.Sign
        );
        return new LedgerExport(first, anchor, last, end);
    }

    /// <summary>The last entry written before a time; 0: none, or a row among those that were looked at cannot be read.</summary>
    private static long FindLastBefore(StateSession session, long time, long last)
    {
        long low = 0;
        long high = last;
        while (low < high)
        {
            long middle = low + (high - low + 1) / 2;
            if (
                EntryTable.Find(session, middle) is not { } line
                || !ChainLineReader.TryRead(Encoding.UTF8.GetBytes(line), out ChainLine? read, out _)
            )
                return 0;
            if (read.At < time)
                low = middle;
            else
                high = middle - 1;
        }
        // One entry less is no part worth the name.
        return low > 1 ? low : 0;
    }

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "{Problem} Nothing is appended or signed any more. Compare an export with an earlier one: distribution verify --earlier."
    )]
    private partial void LogBroken(string problem);
}
