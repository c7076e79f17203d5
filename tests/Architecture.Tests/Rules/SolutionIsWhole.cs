using System.Text.RegularExpressions;

namespace Distribution.Architecture.Tests.Rules;

/// <summary>Every project is in the solution, and the solution names none that is gone.</summary>
internal static partial class SolutionIsWhole
{
    public const string Solution = "Distribution.sln";

    public static IEnumerable<string> Violations(SourceTree tree)
    {
        HashSet<string> listed =
        [
            .. ProjectPath().Matches(tree[Solution] ?? "").Select(match => match.Groups[1].Value.Replace('\\', '/')),
        ];
        HashSet<string> present =
        [
            .. tree.Files.Select(file => file.Key).Where(path => path.EndsWith(".csproj", StringComparison.Ordinal)),
        ];
        foreach (string path in present.Except(listed))
            yield return $"{path}: not in {Solution}.";
        foreach (string path in listed.Except(present))
            yield return $"{Solution}: names {path}, which is not there.";
    }

    [GeneratedRegex("\"([^\"]+\\.csproj)\"")]
    private static partial Regex ProjectPath();
}
