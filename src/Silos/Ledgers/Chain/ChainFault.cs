namespace Distribution.Silos.Ledgers.Chain;

/// <summary>The first thing of an export that does not fit.</summary>
/// <param name="Line">From 1; 0: the file as a whole.</param>
/// <param name="Sequence">Of the entry on that line, or of the one that is missing there; null: none could be told.</param>
/// <param name="Problem">For people; a clause without a full stop.</param>
public sealed record ChainFault(long Line, long? Sequence, string Problem)
{
    public override string ToString()
    {
        string place =
            Line == 0 ? ""
            : Sequence is { } entry ? $"Line {Line}, entry {entry}: "
            : $"Line {Line}: ";
        return $"{place}{Problem}.";
    }
}
