using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Distribution.Contracts.Edges;
using Distribution.Contracts.Ledgers;
using Distribution.EdgeSeeder.Seeding;
using Distribution.EdgeSeeder.Tests.Kit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Distribution.EdgeSeeder.Tests.Control;

public sealed class EdgeNodeTests : IAsyncLifetime
{
    private const int PieceBytes = 64 * 1024;

    private static readonly TestContent _content = new(4 * PieceBytes, PieceBytes);

    private readonly string _folder = Directory.CreateTempSubdirectory("edge-test-").FullName;
    private readonly ConcurrentQueue<EdgeHeartbeat> _heard = new();
    private readonly ConcurrentDictionary<SendCounter, long> _booked = new();
    private TestOrigin _origin = null!;
    private IReadOnlyList<EdgeAssignment> _assignments = [];

    public async ValueTask InitializeAsync()
    {
        _origin = await TestOrigin.StartAsync();
        _origin.Publish(_content);
    }

    public async ValueTask DisposeAsync()
    {
        await _origin.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private EdgeOptions Options =>
        new()
        {
            ServerUrl = _origin.Url.ToString(),
            EdgeKey = TestOrigin.EdgeKey,
            DataFolder = _folder,
            Port = 0,
            Seeding = new SeedingLimits
            {
                Tick = TimeSpan.FromMilliseconds(20),
                RedialDelay = TimeSpan.FromMilliseconds(50),
            },
        };

    private static async Task<IHost> StartAsync(EdgeOptions options)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.AddEdgeSeeder(options);
        IHost host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private static EdgeNode Node(IHost host) => host.Services.GetRequiredService<EdgeNode>();

    /// <summary>Books like the silos: the last value of each counter stands.</summary>
    /// <summary>Payload alone, without what went beside it.</summary>
    private long BookedPayload =>
        _booked.Where(static booked => booked.Key.Kind == SendKind.Edge).Sum(static booked => booked.Value);

    private EdgeOrders Book(EdgeHeartbeat heartbeat)
    {
        _heard.Enqueue(heartbeat);
        foreach (SendCounter counter in heartbeat.Sends)
            _booked[counter with { BytesSent = 0 }] = counter.BytesSent;
        return new EdgeOrders(heartbeat.Sequence, 0.05, 5, 0, _assignments);
    }

    [Fact]
    public async Task Every_fault_of_the_options_is_named_at_once()
    {
        OptionsValidationException fault = await Assert.ThrowsAsync<OptionsValidationException>(() =>
            StartAsync(
                new EdgeOptions
                {
                    ServerUrl = "ftp://x",
                    EdgeKey = "",
                    DataFolder = _folder,
                    Port = -1,
                    PublicEndpoints = ["nowhere"],
                    NodeId = "a/b",
                }
            )
        );
        Assert.Equal(5, fault.Failures.Count());
    }

    [Fact]
    public async Task It_waits_for_its_server_then_seeds_what_it_is_told_and_dials()
    {
        using Socket listener = TestPeer.Listen(out IPEndPoint viewer);
        _assignments = [_origin.Assign(_content, viewer.ToString(), "nonsense")];
        int away = 3;
        _origin.OnHeartbeat = heartbeat => Interlocked.Decrement(ref away) >= 0 ? null : Book(heartbeat);
        using IHost host = await StartAsync(Options);
        await using TestPeer peer = await TestPeer.AcceptAsync(listener, _content);
        await peer.DownloadAsync(_content, [0, 1, 2, 3]);
        await peer.SendHaveAsync(0);
        await Wait.UntilAsync(() =>
            _heard.Any(beat => beat.Progress.Any(each => each.HaveBytes == PieceBytes && each.FirstHaveBytes == 0))
        );
        await host.StopAsync();
        Assert.Equal(_content.Bytes.Length, BookedPayload);
        Assert.All(_heard, beat => Assert.NotEqual(0, beat.Port));
        Assert.Equal(_heard.Select(beat => beat.Sequence).Distinct(), _heard.Select(beat => beat.Sequence));
        Assert.True(_heard.Last().Leaving);
        Assert.Single(_heard, beat => beat.Leaving);
    }

    [Fact]
    public async Task While_the_silos_are_away_it_seeds_and_counts_and_tells_all_of_it_once()
    {
        _assignments = [_origin.Assign(_content)];
        _origin.OnHeartbeat = Book;
        string epoch;
        using (IHost host = await StartAsync(Options))
        {
            await Wait.UntilAsync(() => Node(host).Snapshot().Swarms.Count == 1);
            // Booked, but the answer is lost: the node must tell it again.
            _origin.OnHeartbeat = heartbeat =>
            {
                Book(heartbeat);
                return null;
            };
            await using TestPeer peer = await TestPeer.GreetAsync(Node(host).Port, _content);
            await peer.DownloadAsync(_content, [0, 1]);
            await Wait.UntilAsync(() => BookedPayload == 2 * PieceBytes);
            _origin.OnHeartbeat = _ => null;
            await peer.FetchAsync(_content, [2]);
            epoch = _heard.First().Epoch;
            await host.StopAsync();
        }
        // Not even the last heartbeat was heard; the next process tells the rest.
        Assert.Equal(2 * PieceBytes, BookedPayload);
        _origin.OnHeartbeat = Book;
        using IHost again = await StartAsync(Options);
        await Wait.UntilAsync(() => BookedPayload == 3 * PieceBytes);
        Assert.Equal(epoch, _heard.Last().Epoch);
        await again.StopAsync();
        Assert.Equal(3 * PieceBytes, BookedPayload);
    }

    [Fact]
    public async Task One_bad_assignment_does_not_disturb_the_others_and_is_tried_again()
    {
        var late = new TestContent(PieceBytes, PieceBytes, seed: 2);
        _origin.Publish(late);
        bool has = false;
        _origin.HasTorrent = id => id != late.Id || has;
        _assignments =
        [
            _origin.Assign(_content) with
            {
                InfoHash = "zz",
            },
            _origin.Assign(_content) with
            {
                InfoHash = new string('1', 40),
            },
            _origin.Assign(late),
            _origin.Assign(_content),
        ];
        _origin.OnHeartbeat = Book;
        using IHost host = await StartAsync(Options);
        await Wait.UntilAsync(() => Node(host).Snapshot().Swarms.Count == 1);
        await using (TestPeer peer = await TestPeer.GreetAsync(Node(host).Port, _content))
            await peer.DownloadAsync(_content, [0]);
        has = true;
        await Wait.UntilAsync(() => Node(host).Snapshot().Swarms.Count == 2);
        await host.StopAsync();
    }

    [Fact]
    public async Task It_tells_its_swarms_once_and_all_of_them_to_a_server_that_has_forgotten()
    {
        _assignments = [_origin.Assign(_content) with { IsHot = true }];
        _origin.OnHeartbeat = Book;
        using IHost host = await StartAsync(Options with { Region = "DE", UploadLimitBytesPerSecond = 1 << 30 });
        await Wait.UntilAsync(() => Cached() == _content.Bytes.Length);
        Assert.Equal(("DE", 1L << 30), (_heard.Last().Region, _heard.Last().CapacityBytesPerSecond));
        await Wait.UntilAsync(() => _heard.Last().Swarms.Count == 0);
        _heard.Clear();
        _origin.OnHeartbeat = heartbeat =>
        {
            _origin.OnHeartbeat = Book;
            return Book(heartbeat) with { WantsAllSwarms = true };
        };
        await Wait.UntilAsync(() => Cached() == _content.Bytes.Length);
        await host.StopAsync();

        long Cached() => _heard.SelectMany(static beat => beat.Swarms).LastOrDefault()?.CachedBytes ?? 0;
    }

    [Fact]
    public async Task The_first_piece_of_what_it_is_given_is_there_before_anybody_asks_and_no_other()
    {
        var other = new TestContent(3 * PieceBytes, PieceBytes, seed: 5);
        _origin.Publish(other);
        _assignments = [_origin.Assign(_content), _origin.Assign(other)];
        _origin.OnHeartbeat = Book;
        using IHost host = await StartAsync(Options);
        await Wait.UntilAsync(() => Node(host).CacheBytes == 2 * PieceBytes);
        Assert.Equal(
            [$"{_content.Id} bytes=0-{PieceBytes - 1}", $"{other.Id} bytes=0-{PieceBytes - 1}"],
            _origin.RangeReads.Keys.Order(StringComparer.Ordinal)
        );
        await host.StopAsync();
    }

    [Fact]
    public async Task A_node_that_is_refused_seeds_no_more_and_keeps_what_it_counted()
    {
        _assignments = [_origin.Assign(_content)];
        _origin.OnHeartbeat = Book;
        using (IHost host = await StartAsync(Options))
        {
            await Wait.UntilAsync(() => Node(host).Snapshot().Swarms.Count == 1);
            await using TestPeer peer = await TestPeer.GreetAsync(Node(host).Port, _content);
            _origin.RefusesHeartbeats = true;
            await peer.ReadToEndAsync();
            await Wait.UntilAsync(() => Node(host).Snapshot().Swarms.Count == 0);
            _origin.RefusesHeartbeats = false;
            await Wait.UntilAsync(() => Node(host).Snapshot().Swarms.Count == 1);
            await host.StopAsync();
        }
    }

    [Fact]
    public async Task An_assignment_that_is_missing_is_dropped()
    {
        _assignments = [_origin.Assign(_content)];
        _origin.OnHeartbeat = Book;
        using IHost host = await StartAsync(Options);
        await Wait.UntilAsync(() => Node(host).Snapshot().Swarms.Count == 1);
        await using TestPeer peer = await TestPeer.GreetAsync(Node(host).Port, _content);
        _assignments = [];
        await peer.ReadToEndAsync();
        Assert.Empty(Node(host).Snapshot().Swarms);
        await host.StopAsync();
    }

    [Fact]
    public async Task The_last_heartbeat_has_the_final_counters_and_a_dead_server_does_not_hold_up_the_stop()
    {
        _assignments = [_origin.Assign(_content)];
        _origin.OnHeartbeat = Book;
        using (IHost host = await StartAsync(Options))
        {
            await Wait.UntilAsync(() => Node(host).Snapshot().Swarms.Count == 1);
            await using TestPeer peer = await TestPeer.GreetAsync(Node(host).Port, _content);
            await peer.DownloadAsync(_content, [0]);
            await host.StopAsync();
            Assert.Equal(PieceBytes, BookedPayload);
        }
        var hang = new TaskCompletionSource();
        _origin.HeartbeatGate = hang.Task;
        using IHost stuck = await StartAsync(Options);
        long started = TimeProvider.System.GetTimestamp();
        await stuck.StopAsync();
        Assert.InRange(TimeProvider.System.GetElapsedTime(started).TotalSeconds, 0, 9);
        hang.SetResult();
    }

    [Fact]
    public async Task Its_name_survives_a_restart()
    {
        _origin.OnHeartbeat = Book;
        string name;
        using (IHost host = await StartAsync(Options))
        {
            name = Node(host).NodeId;
            await host.StopAsync();
        }
        using IHost again = await StartAsync(Options);
        Assert.Equal(name, Node(again).NodeId);
        Assert.NotEmpty(name);
        await again.StopAsync();
    }
}
