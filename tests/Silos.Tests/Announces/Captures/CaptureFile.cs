using System.Globalization;
using Distribution.BitTorrent;

namespace Distribution.Silos.Tests.Announces.Captures;

/// <summary>What one real client announced in one case, and what it really got. Made by <c>tests/Captures</c>.</summary>
internal sealed record CaptureFile(
    string Client,
    string Case,
    long SizeBytes,
    InfoHash InfoHash,
    InfoHashV2? InfoHashV2,
    IReadOnlyList<CapturedRun> Runs,
    IReadOnlyList<CapturedAnnounce> Announces
)
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Announces", "Captures");

    /// <summary>All that there are.</summary>
    public static string[] Names { get; } =
    [
        .. Directory
            .EnumerateFiles(Folder, "*.txt")
            .Select(static path => Path.GetFileNameWithoutExtension(path))
            .Order(),
    ];

    public static CaptureFile Read(string name)
    {
        string[] lines = File.ReadAllLines(Path.Combine(Folder, $"{name}.txt"));
        return new CaptureFile(
            Head("client"),
            Head("case"),
            long.Parse(Head("size"), CultureInfo.InvariantCulture),
            InfoHash.Parse(Head("info-hash")),
            BitTorrent.InfoHashV2.TryParse(Head("info-hash-v2"), null, out InfoHashV2 v2) ? v2 : null,
            [.. lines.Select(CapturedRun.TryParse).OfType<CapturedRun>()],
            [.. lines.Where(static line => !line.StartsWith('#')).Select(CapturedAnnounce.Parse)]
        );

        string Head(string of)
        {
            string start = $"# {of}: ";
            return lines.Single(line => line.StartsWith(start, StringComparison.Ordinal))[start.Length..];
        }
    }

    /// <summary>The announces of one run: from its start to the next one's.</summary>
    public IEnumerable<CapturedAnnounce> AnnouncesOf(CapturedRun run)
    {
        double until = Runs.SkipWhile(one => one != run).Skip(1).FirstOrDefault()?.BeganSeconds ?? double.MaxValue;
        return Announces.Where(one => one.Seconds >= run.BeganSeconds && one.Seconds < until);
    }

    /// <summary>
    /// What a run gained and told nobody: it was killed, or its last word was lost, since the announce with the least left. A value of
    /// <c>left</c> that a client says before it knows the size is no number of bytes.
    /// </summary>
    public long UntoldBytes(CapturedRun run)
    {
        long least = AnnouncesOf(run)
            .Where(one => one.LeftBytes >= 0 && one.LeftBytes <= SizeBytes && !SaysNothing(one))
            .Select(static one => one.LeftBytes)
            .DefaultIfEmpty(SizeBytes)
            .Min();
        return Math.Clamp(run.HeldAtLastBytes - (SizeBytes - least), 0, run.GainedBytes);
    }

    // 16384: libtorrent, WebTorrent; 1: rTorrent; 0: aria2, which has nothing left before it has downloaded anything.
    private bool SaysNothing(CapturedAnnounce one) =>
        one is { Downloaded: "0", Left: "16384" or "1" }
        || (one is { Downloaded: "0", Left: "0" } && Client.StartsWith("aria2", StringComparison.Ordinal));
}
