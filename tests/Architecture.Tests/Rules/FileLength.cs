namespace Distribution.Architecture.Tests.Rules;

/// <summary>Code that does not fit on a few screens wants to be parted. Style sheets may be longer.</summary>
internal static class FileLength
{
    public const int MaxLines = 400;

    public static IEnumerable<string> Violations(SourceTree tree)
    {
        foreach ((string path, string text) in tree.Below("src", ".cs", ".razor", ".js", ".ts", ".mjs"))
        {
            int lines = text.AsSpan().TrimEnd('\n').Count('\n') + 1;
            if (lines > MaxLines)
                yield return $"{path}: {lines} lines, more than {MaxLines}.";
        }
    }
}
