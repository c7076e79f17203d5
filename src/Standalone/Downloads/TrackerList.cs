using System.Net;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Trackers;
using Distribution.Standalone.Client;

namespace Distribution.Standalone.Downloads;

/// <summary>Announces to all trackers of a torrent for as long as the download runs, and says goodbye to each.</summary>
/// <param name="figures">As they are at an announce.</param>
/// <param name="found">Hears of peers, some of them again and again.</param>
/// <param name="note">Hears what goes wrong, for people.</param>
internal sealed class TrackerList(
    IReadOnlyList<ITracker> trackers,
    Func<TrackerFigures> figures,
    Action<IReadOnlyList<IPEndPoint>> found,
    Action<string> note,
    TimeProvider clock
) : IDisposable
{
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(60);

    /// <summary>Nobody waits longer for a tracker that is told goodbye.</summary>
    private static readonly TimeSpan GoodbyeLimit = TimeSpan.FromSeconds(3);

    private readonly HashSet<ITracker> _heard = [];

    /// <summary>Those whose protocol is spoken here.</summary>
    public static List<ITracker> Make(
        IEnumerable<string> urls,
        HttpClient http,
        InfoHash infoHash,
        PeerId peerId,
        int port,
        TimeProvider clock
    )
    {
        var trackers = new List<ITracker>();
        foreach (string text in urls.Distinct())
        {
            if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? url))
                continue;
            if (url.Scheme is "http" or "https")
                trackers.Add(new HttpTracker(http, url, infoHash, peerId, port));
            else if (url.Scheme == "udp" && url.Port > 0)
                trackers.Add(new UdpTracker(url, infoHash, peerId, port, clock));
        }
        return trackers;
    }

    /// <summary>Runs until it is stopped.</summary>
    public Task RunAsync(CancellationToken stop) =>
        Task.WhenAll(trackers.Select(tracker => FollowAsync(tracker, stop)));

    /// <summary>Tells those that were told of the beginning: it is done, or over.</summary>
    public async Task TellAsync(TrackerEvent what, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(GoodbyeLimit, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(stop, limit.Token);
        ITracker[] told;
        lock (_heard)
            told = [.. _heard];
        try
        {
            await Task.WhenAll(told.Select(tracker => tracker.AnnounceAsync(what, figures(), both.Token)));
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested) { }
    }

    public void Dispose()
    {
        foreach (ITracker tracker in trackers)
            tracker.Dispose();
    }

    private async Task FollowAsync(ITracker tracker, CancellationToken stop)
    {
        TrackerEvent what = TrackerEvent.Started;
        TimeSpan retry = FirstRetry;
        while (true)
        {
            Answer<TrackerAnswer> asked = await tracker.AnnounceAsync(what, figures(), stop);
            TimeSpan wait;
            if (asked.TryGet(out TrackerAnswer? answer, out Failure? failure))
            {
                lock (_heard)
                    _heard.Add(tracker);
                what = TrackerEvent.None;
                retry = FirstRetry;
                wait = answer.Interval > ShortestInterval ? answer.Interval : ShortestInterval;
                found(answer.Peers);
            }
            else
            {
                note(failure.Message);
                wait = retry;
                retry = TimeSpan.FromTicks(Math.Min(2 * retry.Ticks, LongestRetry.Ticks));
            }
            await Task.Delay(wait, clock, stop);
        }
    }
}
