using System.Globalization;
using System.Text;
using System.Text.Json;
using Distribution.BitTorrent;
using Distribution.Contracts.Swarms;

namespace Distribution.Dashboard.Live;

/// <summary>A swarm that somebody watches through this server. Each state becomes bytes once, whoever many send them on. Any thread.</summary>
internal sealed class LiveSwarm(InfoHash infoHash)
{
    private static readonly byte[] Closed = "event: closed\ndata: {}\n\n"u8.ToArray();

    private readonly Lock _gate = new();
    private LiveFrame _newest = new(default);

    public InfoHash InfoHash { get; } = infoHash;

    /// <summary>Who watches through this server; its owner's to change.</summary>
    public int Viewers { get; set; }

    public LiveFrame Newest => Volatile.Read(ref _newest);

    public void Show(SwarmLive state) => Follow(new LiveFrame(EventOf(state)));

    /// <summary>No news, but the connections are alive.</summary>
    public void Beat() => Follow(new LiveFrame(Newest.State));

    /// <summary>The swarm is no longer open.</summary>
    public void Close() => Follow(new LiveFrame(Closed, isLast: true));

    /// <summary>This server stops; clients come back, to it or to another one.</summary>
    public void End() => Follow(new LiveFrame(Newest.State, isLast: true));

    private void Follow(LiveFrame next)
    {
        LiveFrame before;
        lock (_gate)
        {
            before = _newest;
            if (before.IsLast)
                return;
            Volatile.Write(ref _newest, next);
        }
        before.SetFollowed();
    }

    // The id is for people who read the stream: each event says everything, so nothing is made up for after a gap.
    private static byte[] EventOf(SwarmLive state) =>
        Encoding.UTF8.GetBytes(
            string.Create(
                CultureInfo.InvariantCulture,
                $"id: {state.At.ToUnixTimeMilliseconds()}\nevent: swarm\ndata: {JsonSerializer.Serialize(LiveSwarmResource.From(state), JsonSerializerOptions.Web)}\n\n"
            )
        );
}
