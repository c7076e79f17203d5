using System.Text.RegularExpressions;

namespace Distribution.Architecture.Tests.Rules;

/// <summary>
/// A file of src declares at most one public type, which it is named after. The formatter keeps namespaces file-scoped and types of a
/// file's own level without indentation, so the beginning of a line tells them from nested ones.
/// </summary>
internal static partial class OnePublicTypePerFile
{
    public static IEnumerable<string> Violations(SourceTree tree)
    {
        foreach ((string path, string text) in tree.Below("src", ".cs"))
        {
            if (BlockNamespace().IsMatch(text))
                yield return $"{path}: a namespace with braces.";
            string[] types = [.. PublicType().Matches(text).Select(match => match.Groups[1].Value).Distinct()];
            string name = Path.GetFileName(path).Split('.')[0];
            if (types.Length > 1)
                yield return $"{path}: {types.Length} public types, {string.Join(", ", types)}.";
            else if (types.Length == 1 && types[0] != name)
                yield return $"{path}: named otherwise than its type {types[0]}.";
        }
    }

    [GeneratedRegex(
        @"^public (?:(?:static|sealed|abstract|readonly|ref|partial|unsafe) )*(?:class|struct|interface|enum|record struct|record class|record|delegate [\w<>\[\]?., ]+?) (\w+)",
        RegexOptions.Multiline
    )]
    private static partial Regex PublicType();

    [GeneratedRegex(@"^namespace [\w.]+\s*\{", RegexOptions.Multiline)]
    private static partial Regex BlockNamespace();
}
