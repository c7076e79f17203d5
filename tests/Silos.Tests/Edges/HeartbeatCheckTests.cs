using Distribution.Contracts.Edges;
using Distribution.Contracts.Ledgers;
using Distribution.Silos.Edges;

namespace Distribution.Silos.Tests.Edges;

public sealed class HeartbeatCheckTests
{
    private static readonly string Hash = new('a', 40);

    internal static EdgeHeartbeat Heartbeat(long sequence = 1) =>
        new()
        {
            Epoch = "0123456789abcdef",
            Sequence = sequence,
            Port = 6881,
        };

    [Theory]
    [InlineData("edge-1", true)]
    [InlineData("a", true)]
    [InlineData("", false)]
    [InlineData("-a", false)]
    [InlineData("A", false)]
    [InlineData("a/b", false)]
    [InlineData("a\n", false)]
    public void Node_ids(string nodeId, bool expected)
    {
        Assert.Equal(expected, HeartbeatCheck.IsNodeId(nodeId));
    }

    public static TheoryData<string, EdgeHeartbeat> Faulty =>
        new()
        {
            { "epoch", Heartbeat() with { Epoch = "x" } },
            { "sequence", Heartbeat() with { Sequence = -1 } },
            { "port", Heartbeat() with { Port = 70_000 } },
            { "load", Heartbeat() with { Connections = -1 } },
            { "endpoint", Heartbeat() with { Endpoints = ["nowhere"] } },
            { "endpoint", Heartbeat() with { Endpoints = ["10.0.0.1"] } },
            { "endpoints", Heartbeat() with { Endpoints = [.. Enumerable.Repeat("10.0.0.1:1", 9)] } },
            { "kind", Heartbeat() with { Sends = [Send((SendKind)99)] } },
            { "edge, edgeFill", Heartbeat() with { Sends = [Send(SendKind.WebSeed)] } },
            { "bytesSent", Heartbeat() with { Sends = [Send(SendKind.Edge) with { BytesSent = -5 }] } },
            { "hourStart", Heartbeat() with { Sends = [Send(SendKind.Edge) with { HourStart = 1 }] } },
            {
                "sends",
                Heartbeat() with
                {
                    Sends = [.. Enumerable.Repeat(Send(SendKind.Edge), HeartbeatCheck.MaxSends + 1)],
                }
            },
            { "region", Heartbeat() with { Region = new string('x', 65) } },
            { "load", Heartbeat() with { CapacityBytesPerSecond = -1 } },
            { "info-hash", Heartbeat() with { Swarms = [new EdgeSwarmLoad { InfoHash = "x" }] } },
            { "negative", Heartbeat() with { Swarms = [new EdgeSwarmLoad { InfoHash = Hash, Connections = -1 }] } },
            { "peer id", Heartbeat() with { Progress = [Progress() with { PeerId = "x" }] } },
            { "address", Heartbeat() with { Progress = [Progress() with { Address = "x" }] } },
            { "negative", Heartbeat() with { Progress = [Progress() with { HaveBytes = -1 }] } },
            { "audit", Heartbeat() with { Progress = [Progress() with { Audits = new AuditCounts(0, 0, -1) }] } },
            { "load", Heartbeat() with { AuditBytes = -1 } },
        };

    [Theory]
    [MemberData(nameof(Faulty))]
    public void Says_what_is_wrong(string expected, EdgeHeartbeat heartbeat)
    {
        Assert.Contains(expected, HeartbeatCheck.FindProblem(heartbeat), StringComparison.Ordinal);
    }

    [Fact]
    public void A_good_one_passes()
    {
        EdgeHeartbeat heartbeat = Heartbeat() with
        {
            Endpoints = ["198.51.100.1:6881", "[2001:db8::1]:6881"],
            Sends = [Send(SendKind.Edge), Send(SendKind.EdgeFill)],
            Progress = [Progress()],
        };

        Assert.Null(HeartbeatCheck.FindProblem(heartbeat));
        Assert.Equal(2, EdgeEndpoints.Of(heartbeat, "203.0.113.1").Count);
        Assert.Equal("203.0.113.1:6881", Assert.Single(EdgeEndpoints.Of(Heartbeat(), "::ffff:203.0.113.1")).ToString());
        Assert.Empty(EdgeEndpoints.Of(Heartbeat() with { Port = 0 }, "203.0.113.1"));
    }

    private static SendCounter Send(SendKind kind) => new(Hash, "203.0.113.1", kind, 3600, 5);

    private static PeerProgress Progress() =>
        new()
        {
            InfoHash = Hash,
            PeerId = Hash,
            Address = "203.0.113.1",
            FirstHaveBytes = 0,
            HaveBytes = 1,
        };
}
