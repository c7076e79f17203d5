using System.Globalization;
using System.Text.RegularExpressions;

namespace Distribution.Silos.Tests.Announces.Captures;

/// <summary>One run of a captured client, and what its own counters said of it.</summary>
/// <param name="ReceivedBytes">All that came; more than it gained where something came twice.</param>
internal sealed partial record CapturedRun(
    double BeganSeconds,
    bool IsKilled,
    long HeldAtFirstBytes,
    long HeldAtLastBytes,
    long ReceivedBytes,
    long UploadedBytes
)
{
    public long GainedBytes => HeldAtLastBytes - HeldAtFirstBytes;

    public static CapturedRun? TryParse(string line)
    {
        Match match = Line().Match(line);
        if (!match.Success)
            return null;
        return new CapturedRun(
            double.Parse(match.Groups["began"].ValueSpan, CultureInfo.InvariantCulture),
            match.Groups["how"].ValueSpan is "kill",
            Number("first"),
            Number("last"),
            Number("received"),
            Number("uploaded")
        );

        long Number(string group) => long.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(
        @"^# run \d+: began=(?<began>\S+) ended=\S+ how=(?<how>stop|kill) have=(?<first>\d+)\.\.(?<last>\d+) received=(?<received>\d+) uploaded=(?<uploaded>\d+)$"
    )]
    private static partial Regex Line();
}
