using System.Text.RegularExpressions;

namespace Distribution.Architecture.Tests.Rules;

/// <summary>src/BitTorrent is the protocol as values: it opens no socket, file or process and reads no clock.</summary>
internal static partial class ProtocolPurity
{
    public static IEnumerable<string> Violations(SourceTree tree)
    {
        foreach ((string path, string text) in tree.Below("src/BitTorrent", ".cs"))
        {
            foreach (Match match in Impure().Matches(text))
                yield return $"{path}: uses {match.Value}, but the protocol knows values only.";
        }
    }

    [GeneratedRegex(
        @"\b(System\.Net\.Sockets|System\.Net\.Http|System\.Diagnostics\.Process|Microsoft\.\w+|TimeProvider|Stopwatch|Environment\.TickCount\w*|HttpClient|FileStream|File\.\w+)\b"
    )]
    private static partial Regex Impure();
}
