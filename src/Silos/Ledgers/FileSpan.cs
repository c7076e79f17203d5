namespace Distribution.Silos.Ledgers;

/// <summary>The stretches of time that <c>ledger_file_span</c> sums a file's hours over: 28 days each, since 1970.</summary>
internal static class FileSpan
{
    public const long Seconds = 28 * 24 * 3600;

    /// <summary>The start of the one that a time is in. Unix time, as all here.</summary>
    public static long Of(long unixSeconds) => unixSeconds - unixSeconds % Seconds;

    /// <summary>Those that are whole in a range; an empty range at its start where none is.</summary>
    public static (long From, long To) WholeIn(long from, long to)
    {
        long first = Of(from + Seconds - 1);
        long end = Of(to);
        return first < end ? (first, end) : (from, from);
    }
}
