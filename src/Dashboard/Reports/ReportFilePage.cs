using Distribution.Contracts.Reports;

namespace Distribution.Dashboard.Reports;

/// <summary>Some of a range's files, the most delivered first.</summary>
/// <param name="Titles">By id; a file that nobody knows any more has none.</param>
/// <param name="Next">How many to skip for the next page; null: this is the last one.</param>
public sealed record ReportFilePage(
    IReadOnlyList<ReportFile> Files,
    IReadOnlyDictionary<string, string> Titles,
    int? Next
)
{
    public string? TitleOf(string fileId) => Titles.GetValueOrDefault(fileId);
}
