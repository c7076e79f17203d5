using System.Text.RegularExpressions;

namespace Distribution.Architecture.Tests.Rules;

/// <summary>No file names a folder of the machine that it was written on, or where somebody's packages come from.</summary>
internal static partial class NobodysMachine
{
    public static IEnumerable<string> Violations(SourceTree tree)
    {
        foreach ((string path, string text) in tree.Files)
        {
            foreach (Match match in MachinePath().Matches(text))
                yield return $"{path}: names {match.Value}, a path of one machine.";
            foreach (Match match in RegistryHost().Matches(text))
                yield return $"{path}: names {match.Value}, a package registry.";
            string name = Path.GetFileName(path);
            if (name is "package-lock.json" or "npm-shrinkwrap.json" && ResolvedAddress().IsMatch(text))
                yield return $"{path}: \"resolved\" addresses; set omit-lockfile-registry-resolved in .npmrc.";
            if (name == ".npmrc" && RegistrySetting().IsMatch(text))
                yield return $"{path}: sets a registry.";
            if (name.Equals("nuget.config", StringComparison.OrdinalIgnoreCase))
                yield return $"{path}: package sources are the machine's own business.";
        }
    }

    // Written in parts, so that these lines do not break the rule themselves.
    [GeneratedRegex("(?<![\\w.$}-])/" + "(?:work|root|home)/[\\w.-]+|\\b[A-Z]:\\\\\\\\?" + "Users\\\\\\\\?\\w+")]
    private static partial Regex MachinePath();

    [GeneratedRegex(
        @"\bregistry\."
            + @"(?:npmjs|yarnpkg)\.\w+|\bapi\."
            + @"nuget\.org|\bpypi\."
            + @"org|\b(?:localhost|127\.0\.0\.1):\d+/(?:npm|nuget|pypi)\b"
    )]
    private static partial Regex RegistryHost();

    [GeneratedRegex("\"resolved\":\\s*\"(?!file:)[^\"]*:")]
    private static partial Regex ResolvedAddress();

    [GeneratedRegex(@"^\s*(?:@[\w-]+:)?registry\s*=|_auth", RegexOptions.Multiline)]
    private static partial Regex RegistrySetting();
}
