using System.Text.RegularExpressions;

namespace Distribution.Architecture.Tests.Rules;

/// <summary>Every project is in the solution, and the solution names none that is gone.</summary>
internal static partial class SolutionIsWhole
{
    public const string Solution = "Distribution.sln";

    /// <summary>Built on demand alone, as its package is not in every registry; in the solution it would be restored by everybody.</summary>
    public const string Apart = "src/EdgeSeeder.MonoTorrent/EdgeSeeder.MonoTorrent.csproj";

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
        if (listed.Contains(Apart))
            yield return $"{Solution}: names {Apart}, which is built on demand alone.";
        foreach (string path in present.Except(listed).Where(static path => path != Apart))
            yield return $"{path}: not in {Solution}.";
        foreach (string path in listed.Except(present))
            yield return $"{Solution}: names {path}, which is not there.";
    }

    [GeneratedRegex("\"([^\"]+\\.csproj)\"")]
    private static partial Regex ProjectPath();
}
