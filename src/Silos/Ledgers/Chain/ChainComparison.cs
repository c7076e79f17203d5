using Distribution.Contracts.Ledgers.Chain;

namespace Distribution.Silos.Ledgers.Chain;

/// <summary>Holds an export against an earlier one of the same chain, entry by entry as both are read.</summary>
public static class ChainComparison
{
    /// <summary>Both must have been verified. Null: the later one has all entries of the earlier one, unchanged.</summary>
    public static async Task<ChainFault?> CompareAsync(Stream earlier, Stream later, CancellationToken stop)
    {
        var old = new ChainLines(earlier);
        var current = new ChainLines(later);
        long line = 0;
        bool hasHead = false;
        ChainEntry? now = await NextAsync(current);
        while (await EntryAsync(old, stop) is { } then)
        {
            while (now is not null && now.Sequence < then.Sequence)
                now = await NextAsync(current);
            if (now is null)
                return new ChainFault(line, then.Sequence, "the earlier export has it, and this one ends before it");
            // Both parts begin with the start; what a part leaves out is vouched for by the hashes after it.
            if (now.Sequence == then.Sequence && now.Hash != then.Hash)
                return new ChainFault(line, then.Sequence, "the earlier export has another entry there");
            hasHead = now.Sequence == then.Sequence;
        }
        return hasHead
            ? null
            : new ChainFault(
                0,
                null,
                "this export begins after the earlier one's end, so that nothing ties them together"
            );

        async ValueTask<ChainEntry?> NextAsync(ChainLines lines)
        {
            line++;
            return await EntryAsync(lines, stop);
        }
    }

    private static async ValueTask<ChainEntry?> EntryAsync(ChainLines lines, CancellationToken stop) =>
        await lines.MoveNextAsync(stop) && ChainLineReader.TryRead(lines.Current.Span, out ChainLine? read, out _)
            ? read as ChainEntry
            : null;
}
