using Distribution.Contracts.Costs;
using Distribution.Silos.Ledgers.Chain;
using Distribution.Standalone.Client;

namespace Distribution.Standalone.Verifying;

/// <summary>An export that was read to its end, or to the first thing that does not fit.</summary>
/// <param name="Fault">Null: all fits.</param>
/// <param name="Prices">Of the export's end; null where it was not reached.</param>
internal sealed record Verification(
    ChainFault? Fault,
    ChainSummary Summary,
    ChainReport? Report,
    ExportPrices? Prices,
    bool IsCompared
)
{
    private const int FileBufferBytes = 1 << 20;

    /// <summary>A failure: a file cannot be read at all.</summary>
    public static async Task<Answer<Verification>> RunAsync(VerificationWish wish, CancellationToken stop)
    {
        if (wish.File == "-" && wish.Earlier is not null)
            return new Failure("--earlier needs a FILE, because it is read twice.");
        try
        {
            Verification found = await ReadAsync(wish.File, wish.Report, wish.Contract, stop);
            if (found.Fault is null && wish.Key is { } key && key != found.Summary.Fingerprint)
                return found.With($"it is signed by another key, {found.Summary.Fingerprint}");
            if (found.Fault is null && wish.Earlier is { } path)
                return await CompareAsync(found, wish.File, path, stop);
            return found;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return new Failure(fault.Message);
        }
    }

    private static async Task<Verification> ReadAsync(
        string path,
        ChainReport? report,
        ContractDocument? contract,
        CancellationToken stop
    )
    {
        await using Stream file = path == "-" ? Console.OpenStandardInput() : Open(path);
        using var verifier = new ChainVerifier(report);
        var lines = new ChainLines(file);
        while (await lines.MoveNextAsync(stop) && verifier.Add(lines.Current.Span)) { }
        verifier.Finish();
        ExportPrices? prices = verifier.Prices is { } told ? told with { Instead = contract } : null;
        return new Verification(verifier.Fault, verifier.Summary, report, prices, IsCompared: false).Priced();
    }

    private static async Task<Verification> CompareAsync(
        Verification found,
        string path,
        string earlierPath,
        CancellationToken stop
    )
    {
        Verification earlier = await ReadAsync(earlierPath, null, null, stop);
        if (earlier.Fault is { } fault)
            return found.With($"the earlier export {earlierPath} does not fit itself. {fault.ToString().TrimEnd('.')}");
        if (earlier.Summary.Fingerprint != found.Summary.Fingerprint)
            return found.With($"the earlier export is signed by another key, {earlier.Summary.Fingerprint}");
        await using Stream old = Open(earlierPath);
        await using Stream current = Open(path);
        return found with { Fault = await ChainComparison.CompareAsync(old, current, stop), IsCompared = true };
    }

    private static FileStream Open(string path) =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, FileBufferBytes, FileOptions.SequentialScan);

    /// <summary>Prices that make no sum of money are a fault too.</summary>
    private Verification Priced()
    {
        if (Fault is not null || Report is null)
            return this;
        if (Report.PublisherIds.FirstOrDefault(one => !Prices!.Tells(one)) is { } untold)
            return With($"it has no place for the contract of {untold}: give that with --contract");
        try
        {
            Report.Build(Prices!);
            return this;
        }
        catch (OverflowException)
        {
            return With("its prices make no sum of money");
        }
    }

    private Verification With(string problem) => this with { Fault = new ChainFault(0, null, problem) };
}
