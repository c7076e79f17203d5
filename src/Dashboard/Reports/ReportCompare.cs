namespace Distribution.Dashboard.Reports;

/// <summary>With which other range a report page compares: the word in its address.</summary>
internal static class ReportCompare
{
    /// <summary>As long, and right before.</summary>
    public const string Before = "before";

    /// <summary>The same days a year earlier.</summary>
    public const string YearBefore = "year";

    /// <summary>Null: with none.</summary>
    public static ReportRange? Of(string? word, ReportRange range) =>
        word switch
        {
            Before => new ReportRange(range.From - (range.To - range.From), range.From, range.Bucket),
            YearBefore => new ReportRange(range.From.AddYears(-1), range.To.AddYears(-1), range.Bucket),
            _ => null,
        };
}
