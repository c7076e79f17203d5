using System.Net;
using Distribution.BitTorrent;
using Distribution.Contracts.Costs;
using Distribution.Contracts.Edges;
using Distribution.Contracts.Files;
using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Ledgers.Logs;
using Distribution.Contracts.Reports;
using Distribution.Contracts.Swarms;

namespace Distribution.Contracts.Tests.Serialization;

/// <summary>One of each message, with no field left at its default.</summary>
internal static class MessageSamples
{
    private static readonly InfoHash Hash = InfoHash.OfInfoDictionary("sample"u8);
    private static readonly PeerId Peer = new("-XX0001-abcdefghijkl"u8);
    private static readonly DateTimeOffset Time = new(2025, 6, 1, 10, 0, 0, TimeSpan.Zero);
    private static readonly IPEndPoint V4 = IPEndPoint.Parse("192.0.2.1:6881");
    private static readonly IPEndPoint V6 = IPEndPoint.Parse("[2001:db8::1]:51413");

    private static readonly InfoHashV2 HashV2 = InfoHashV2.OfInfoDictionary("sample"u8);
    private static readonly FileContent Content = new(Hash, 1 << 20, 77, new string('a', 64), HashV2);

    private static readonly PublishedFile File = new()
    {
        Id = "id",
        PublisherId = "publisher",
        Title = "Title ü",
        Name = "name.mp4",
        ContentType = "video/mp4",
        SizeBytes = 123_456_789_012,
        State = FileState.Published,
        CreatedAt = Time,
        Policy = PeerPolicy.Off,
        Content = Content,
        PublishedAt = Time.AddMinutes(1),
        FailureReason = "none",
        Format = TorrentFormat.Hybrid,
        FolderFileCount = 3,
        UnpublishedAt = Time.AddMinutes(2),
        IsTakenDown = true,
        TakedownReason = "a reason",
        Replaces = "the one before",
        FirstVersionId = "the first",
    };

    private static readonly ReportBytes Bytes = new()
    {
        Delivered = new ByteRange(1, 2),
        WebSeedBytes = 3,
        DirectBytes = 4,
        EdgeBytes = 5,
        EdgeFillBytes = 6,
        ViewerUploadBytes = 7,
        CdnBytes = 8,
        EdgeMetadataBytes = 9,
        EdgeOverheadBytes = 10,
        WasteBytes = 11,
        LateBytes = 12,
    };

    private static readonly BillLine Line = new()
    {
        From = Time,
        To = Time.AddHours(1),
        Item = BillItem.Edge,
        Region = "region",
        Quantity = 1.5m,
        Unit = BillUnit.Month,
        UnitPrice = 2.25m,
        TierAbove = 3m,
        TierUpTo = 4m,
        Share = new BillShare(1m, 4m),
    };

    private static readonly BillPair Bills = new(new Bill([Line, Line]), new Bill([Line]));

    private static readonly ReportAnomaly Marked = new(AnnounceAnomalies.LeftGrew, 3);

    private static readonly CostStatement Statement = new(
        "contract",
        "Contract",
        "EUR",
        Bills,
        new BillPair(Bills.WithPeers, Bills.WithoutPeers),
        5.5m,
        77
    );

    private static readonly EdgeSwarmLoad SwarmLoad = new()
    {
        InfoHash = Hash.ToString(),
        CachedBytes = 1,
        Connections = 2,
        SentBytes = 3,
        PeerCopies = 4,
    };

    private static readonly SendCounter Counter = new(Hash.ToString(), "192.0.2.1", SendKind.Edge, 3600, 99);

    private static readonly PeerProgress Progress = new()
    {
        InfoHash = Hash.ToString(),
        PeerId = Peer.ToString(),
        Address = "192.0.2.9",
        ListenPort = 51413,
        FirstHaveBytes = 10,
        HaveBytes = 20,
        Audits = new AuditCounts(1, 2, 3),
    };

    public static IReadOnlyList<object> All { get; } =
    [
        Hash,
        Peer,
        Content,
        Content with
        {
            InfoHashV2 = null,
        },
        File,
        new FilePage([File, File with { Id = "other", Content = null }], "next"),
        new SwarmAnnounce(Peer, V6, AnnounceEvent.Completed, 1, 2, long.MaxValue, 50),
        new SwarmPeer(V4, Peer),
        new SwarmPeer(V6, null),
        new AnnounceReply("reason", 1800, 60, 3, 4, [new SwarmPeer(V4, Peer), new SwarmPeer(V6, null)]),
        new ScrapeCounts(1, 2, 3),
        new SwarmDefinition("id", "publisher", Hash, "name", 5, 16384, PeerPolicy.Off),
        new SwarmDefinition("id", "publisher", Hash, "name", 5, 16384, PeerPolicy.Everyone, HashV2),
        new OpenSwarm(new SwarmDefinition("id", "publisher", Hash, "name", 5, 16384, PeerPolicy.Off), 6),
        new PeerSwitch(true, ["publisher"]),
        new ReportFile("id", Bytes),
        new ReportNetwork("CH", 64500, Bytes),
        new ReportCollection("name", ["id", "other"]),
        new UploadBin(1, 2, 3),
        new HoldoutGroup(9, 8, 1, 1.5, null),
        new HoldoutComparison(new HoldoutGroup(9, 8, 1, null, 2.5), new HoldoutGroup(3, 2, 1, 1.5, null)),
        new SwarmSnapshot(1, 2, 3, 4, 5.5, 6, 7, 8),
        new SwarmLive(
            new SwarmSnapshot(1, 2, 3, 4, 5.5, 6, 7, 8),
            9,
            [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
            0.5,
            new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero)
        ),
        Progress,
        Progress.Audits,
        Counter,
        new SendReport("edge/1", "0123456789abcdef", [Counter, Counter with { Kind = SendKind.EdgeFill }]),
        new MonthFile("file", Bytes),
        new MonthCorrection(3, Time, Time.AddHours(1), "file", Bytes),
        new MonthStatement(
            Time,
            Time.AddDays(31),
            Time.AddDays(34),
            true,
            Bytes,
            Statement,
            [new MonthFile("file", Bytes)],
            [new MonthCorrection(3, Time, Time.AddHours(1), "file", Bytes)]
        ),
        new LogCount("file", "192.0.2.1", 3600, 5, 6),
        new LogBatch
        {
            FirstLine = "aa",
            Name = "access.log",
            FromOffset = 1,
            ToOffset = 2,
            ToHash = "bb",
            Lines = 3,
            Malformed = 4,
            Unknown = 5,
            Problem = "problem",
            Counts = [new LogCount("file", null, 3600, 5, 6)],
        },
        new LogState
        {
            FirstLine = "aa",
            Name = "access.log",
            ReadBytes = 1,
            ReadHash = "bb",
            Lines = 2,
            Counted = 3,
            Malformed = 4,
            Unknown = 5,
            CdnBytes = 6,
            BookedAt = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero),
            Problem = "problem",
        },
        new LedgerExport(["first", "second"], 3, 9, "end"),
        new LedgerExportPage(["line"], 8),
        new LedgerKey("-----BEGIN PUBLIC KEY-----", "sha256:00"),
        new EdgeAssignment(
            Hash.ToString(),
            "id",
            "http://t/",
            "http://w/",
            ["192.0.2.1:1", "[2001:db8::1]:2"],
            9,
            true,
            "http://s/"
        ),
        new EdgeOrders(7, 2.5, 30, 1000, [new EdgeAssignment("h", "f", "t", "w", [])], true),
        SwarmLoad,
        new EdgeToken("dst_enrol_x", Time),
        new EdgeEnrolment("dst_enrol_x", "node", new string('b', 64)),
        new FleetNode
        {
            NodeId = "node",
            State = EdgeNodeState.Draining,
            IsEnrolled = true,
            IsAlive = true,
            LastHeard = Time,
            Region = "DE",
            CapacityBytesPerSecond = 1,
            UploadBytesPerSecond = 2,
            Connections = 3,
            CacheBytes = 4,
            CacheLimitBytes = 5,
            Swarms = 6,
            SwarmsWithViewers = 7,
            Endpoints = ["192.0.2.1:6881"],
        },
        new EdgeHeartbeat
        {
            Epoch = "0123456789abcdef",
            Sequence = 9,
            Endpoints = ["192.0.2.1:6881"],
            Port = 6881,
            Connections = 3,
            CacheBytes = 4,
            CacheLimitBytes = 5,
            Sends = [Counter],
            Progress = [Progress],
            Leaving = true,
            Region = "DE",
            CapacityBytesPerSecond = 6,
            Swarms = [SwarmLoad],
            AuditBytes = 16384,
        },
        new ReportQuery("publisher", "file", Time, Time.AddDays(1), ReportBucketSize.Day, "{}"),
        new SavingsReport(
            Time,
            Time.AddDays(1),
            Bytes,
            1,
            2,
            Statement,
            [new ReportBucket(Time, Bytes)],
            Statement with
            {
                ContractId = "other",
            }
        )
        {
            Anomalies = [Marked],
            WholeUntil = Time.AddHours(3),
            Regions = [new ReportNetwork("CH", null, Bytes)],
            Systems = [new ReportNetwork(null, 64500, Bytes)],
            CrossSystem = new ShareRange(0.25, 0.5),
            Uploads = [new UploadBin(0, 1, 7)],
            Holdout = new HoldoutComparison(new HoldoutGroup(9, 8, 1, 1.5, 2.5), new HoldoutGroup(3, 2, 1, null, null)),
        },
        Marked,
        Statement,
        Bills,
        Bills.WithPeers,
        Line,
        new BillShare(1.5m, 6m),
        new ReportBucket(Time, Bytes),
        Bytes,
        new ByteRange(1, 2),
        new ShareRange(0.25, 0.5),
        .. AccountSamples.All,
    ];
}
