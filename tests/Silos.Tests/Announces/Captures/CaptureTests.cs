using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Reports;

namespace Distribution.Silos.Tests.Announces.Captures;

/// <summary>
/// Each captured client is counted as its own counters say: not more than it received, and not less than it gained and told. Bounds where a
/// client's words allow no better are in docs/accounting.md, and stand here by name.
/// </summary>
public sealed class CaptureTests
{
    /// <summary>
    /// <c>left</c> takes a piece that is not whole for missing, or what came of it for there: clients differ, and so does one of them before and after a restart.
    /// </summary>
    private const long OnePiece = 65_536;

    private static readonly string[] Clients =
    [
        "aria2",
        "libtorrent",
        "qbittorrent",
        "rtorrent",
        "transmission",
        "webtorrent",
    ];
    private static readonly string[] Cases =
    [
        "fresh",
        "magnet",
        "resume",
        "killed",
        "two-tiers",
        "one-tier",
        "families",
        "seeding",
        "whole",
    ];

    /// <summary>docs/accounting.md says what is not known of them.</summary>
    private static readonly string[] NotCaptured = ["aria2-seeding", "aria2-whole", "transmission-seeding"];

    /// <summary>What it found on its disk once it had a magnet's metadata counts as got: it says neither before nor after that it was there.</summary>
    private const string FindsSilently = "webtorrent-magnet-killed";

    /// <summary>It says <c>completed</c> of a file that it found, so it is marked, and counts nothing.</summary>
    private const string CompleteFromTheStart = "webtorrent-whole";

    /// <summary>WebTorrent counts its protocol's bytes as uploaded, also after the lab has read its counters.</summary>
    private const long OneReading = 1024;

    public static TheoryData<string> Captures => [.. CaptureFile.Names];

    [Fact]
    public void Every_client_is_there_in_every_case_that_the_lab_can_make() =>
        Assert.All(
            Clients.SelectMany(static client => Cases.Select(one => $"{client}-{one}")).Except(NotCaptured),
            static name => Assert.Contains(name, CaptureFile.Names)
        );

    [Theory]
    [MemberData(nameof(Captures))]
    public async Task Is_counted_as_it_was(string name)
    {
        CaptureFile capture = CaptureFile.Read(name);
        await using CaptureReplay replay = await CaptureReplay.StartAsync(capture);

        foreach (CapturedAnnounce said in capture.Announces)
            await replay.SayAsync(said);

        await AssertTrueAsync(name, capture, replay);
        Assert.Equal(
            name == CompleteFromTheStart ? [new ReportAnomaly(AnnounceAnomalies.CompletedUnseen, 1)] : [],
            (await replay.ReportAsync()).Anomalies
        );
    }

    [Theory]
    [MemberData(nameof(Captures))]
    public async Task Is_counted_once_when_all_is_said_again_and_the_silo_dies_in_between(string name)
    {
        CaptureFile capture = CaptureFile.Read(name);
        await using CaptureReplay replay = await CaptureReplay.StartAsync(capture);

        for (int i = 0; i < capture.Announces.Count; i++)
        {
            await replay.SayAsync(capture.Announces[i]);
            if (i % 5 == 0)
                await replay.RestartAsync();
            // The reply was lost.
            await replay.SayAsync(capture.Announces[i]);
        }
        // Datagrams that took long.
        foreach (CapturedAnnounce late in capture.Announces)
            await replay.SayAsync(late);

        await AssertTrueAsync(name, capture, replay);
    }

    [Theory]
    [MemberData(nameof(Captures))]
    public async Task Low_is_never_more_than_came_where_all_came_from_us(string name)
    {
        CaptureFile capture = CaptureFile.Read(name);
        long received = capture.Runs.Sum(static run => run.ReceivedBytes);
        await using CaptureReplay replay = await CaptureReplay.StartAsync(capture);

        foreach (CapturedAnnounce said in capture.Announces)
            await replay.SayAsync(said);
        await replay.SendFromEdgeAsync(received);

        ReportBytes bytes = (await replay.ReportAsync()).Bytes;
        Assert.InRange(bytes.Delivered.Low, received - Repeated(capture), received);
        Assert.InRange(bytes.PeerBytes.Low, 0, 0);
    }

    private static async Task AssertTrueAsync(string name, CaptureFile capture, CaptureReplay replay)
    {
        SavingsReport report = await replay.ReportAsync();
        long received = capture.Runs.Sum(static run => run.ReceivedBytes);
        long told = capture.Runs.Sum(run => run.GainedBytes - capture.UntoldBytes(run));
        long found = name == FindsSilently ? capture.Runs[^1].HeldAtFirstBytes : 0;

        // Nobody of ours has seen anything.
        Assert.Equal(0, report.Bytes.Delivered.Low);
        if (found == 0 && capture.Runs.All(run => capture.UntoldBytes(run) == 0) && Repeated(capture) == 0)
            Assert.Equal(told, report.Bytes.Delivered.High);
        Assert.InRange(
            report.Bytes.Delivered.High,
            told == 0 ? 0 : told - OnePiece,
            received == 0 ? 0 : received + OnePiece + found
        );
        // A run is another peer id, so another viewer, where it told of progress.
        Assert.Equal(capture.Runs.Count(run => run.GainedBytes > capture.UntoldBytes(run)), report.Viewers);
        Assert.Equal(
            capture.Runs.Count(run =>
                run.GainedBytes > 0 && run.HeldAtLastBytes == capture.SizeBytes && capture.UntoldBytes(run) == 0
            ),
            await replay.CompletedAsync()
        );
        Assert.Equal(
            capture.Runs.Sum(run => capture.AnnouncesOf(run).Max(static one => one.UploadedBytes)),
            report.Bytes.ViewerUploadBytes
        );
        Assert.InRange(
            report.Bytes.ViewerUploadBytes,
            0,
            capture.Runs.Sum(static run => run.UploadedBytes + OneReading)
        );
    }

    /// <summary>What came and was not kept: twice, or in pieces that a kill left unfinished. WebTorrent counts its protocol's bytes with them.</summary>
    private static long Repeated(CaptureFile capture) =>
        capture.Runs.Sum(static run => Math.Max(0, run.ReceivedBytes - run.GainedBytes));
}
