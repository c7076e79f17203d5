using System.Collections.Concurrent;
using Distribution.BitTorrent;
using Distribution.Contracts.Edges;
using Distribution.Contracts.Files;
using Distribution.Contracts.Reports;
using Distribution.Contracts.Swarms;

namespace Distribution.Dashboard.Tests.Hosting;

/// <summary>What the test grains answer from.</summary>
public sealed class PublisherStore
{
    private int _created;

    public ConcurrentDictionary<string, PublishedFile> Files { get; } = new();

    public ConcurrentDictionary<string, SwarmSnapshot> Swarms { get; } = new();

    public ConcurrentDictionary<string, FleetNode> Nodes { get; } =
        new(
            new[]
            {
                Node("edge-paris-1") with
                {
                    IsAlive = true,
                    IsEnrolled = true,
                    LastHeard = TimeProvider.System.GetUtcNow(),
                    Region = "FR",
                    CapacityBytesPerSecond = 125_000_000,
                    UploadBytesPerSecond = 34_500_000,
                    Connections = 212,
                    CacheBytes = 48_300_000_000,
                    CacheLimitBytes = 100_000_000_000,
                    Swarms = 1204,
                    SwarmsWithViewers = 31,
                    Endpoints = ["203.0.113.7:6881", "[2001:db8:1:2:3:4:5:6]:6881"],
                },
                Node("edge-drains") with
                {
                    State = EdgeNodeState.Draining,
                    IsAlive = true,
                    SwarmsWithViewers = 2,
                },
                Node("edge-retired") with
                {
                    State = EdgeNodeState.Retired,
                },
            }.ToDictionary(static node => node.NodeId)
        );

    public PeerSwitch Peers { get; set; } = new(false, []);

    /// <summary>Who watches them.</summary>
    public WatchedSwarms Watched { get; } = new();

    /// <summary>By file id, "" for all files. Nothing here: a report of zeros.</summary>
    public ConcurrentDictionary<string, Func<ReportQuery, SavingsReport>> Reports { get; } = new();

    /// <summary>Set: every call to a file's grain throws it.</summary>
    public Exception? Fault { get; set; }

    private static FleetNode Node(string id) => new() { NodeId = id, State = EdgeNodeState.Active };

    public PublishedFile Add(
        FileState state = FileState.Published,
        string title = "A film",
        string name = "film.mp4",
        long sizeBytes = 734_003_200,
        string publisherId = Publishers.Default,
        TorrentFormat format = TorrentFormat.V1,
        int folderFileCount = 0
    )
    {
        int number = Interlocked.Increment(ref _created);
        string hash = number.ToString("x40", System.Globalization.CultureInfo.InvariantCulture);
        var file = new PublishedFile
        {
            Id = $"file-{number}-{Guid.NewGuid():N}",
            PublisherId = publisherId,
            Title = title,
            Name = name,
            ContentType = "video/mp4",
            SizeBytes = sizeBytes,
            State = state,
            CreatedAt = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero).AddMinutes(number),
            PublishedAt = state is FileState.Published ? new DateTimeOffset(2026, 3, 1, 13, 0, 0, TimeSpan.Zero) : null,
            Content = state is FileState.Published or FileState.Unpublished
                ? new FileContent(
                    InfoHash.Parse(hash),
                    1 << 20,
                    (int)((sizeBytes + (1 << 20) - 1) >> 20),
                    new string('a', 64),
                    format == TorrentFormat.Hybrid ? InfoHashV2.Parse(new string('b', 24) + hash) : null
                )
                : null,
            Format = format,
            FolderFileCount = folderFileCount,
            FailureReason = state is FileState.Failed ? "The checksum did not match." : null,
        };
        Files[file.Id] = file;
        return file;
    }
}
