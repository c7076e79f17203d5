namespace Distribution.Contracts.Reports;

/// <summary>Files of a publisher that have a report together. A file may be in several.</summary>
/// <param name="FileIds">In the order of their ids.</param>
[GenerateSerializer, Immutable]
public sealed record ReportCollection(string Name, IReadOnlyList<string> FileIds)
{
    public const int MaxNameLength = 64;

    /// <summary>Files of one collection.</summary>
    public const int MaxFiles = 1000;

    /// <summary>Letters, digits, dots, dashes and underscores of ASCII, so that it can stand in an address as it is.</summary>
    public static bool IsName(string name) =>
        name.Length is >= 1 and <= MaxNameLength
        && name.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_')
        && name is not ("." or "..");
}
