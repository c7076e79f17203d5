using Distribution.Contracts.Metering;
using Distribution.EdgeSeeder.Cache;
using Distribution.EdgeSeeder.Control;
using Distribution.EdgeSeeder.Seeding;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Distribution.EdgeSeeder;

/// <summary>
/// One edge seeder: engine, cache, counters and the link to the silos, started and stopped with its host. On the way down it closes
/// its connections, then tells the final counters and that it leaves, before the host's other services stop.
/// </summary>
public sealed class EdgeNode : IHostedLifecycleService, IAsyncDisposable
{
    private static readonly TimeSpan _leaveTimeout = TimeSpan.FromSeconds(3);

    private readonly EdgeOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILoggerFactory _loggers;
    private readonly IReadOnlyList<SeedingEngineKind> _engines;
    private readonly EdgeTelemetry _telemetry = new();
    private readonly HttpClient _http = NewHttpClient();
    private readonly CancellationTokenSource _stopping = new();
    private SendJournal? _journal;
    private PieceCache? _cache;
    private ISeedingEngine? _engine;
    private AssignmentKeeper? _assignments;
    private HeartbeatLoop? _heartbeats;
    private Task _beating = Task.CompletedTask;
    private bool _stopped;

    /// <param name="engines">Those that the program was built with.</param>
    public EdgeNode(
        EdgeOptions options,
        TimeProvider clock,
        ILoggerFactory loggers,
        IEnumerable<SeedingEngineKind> engines
    )
    {
        _engines = [.. engines];
        _options = options;
        _clock = clock;
        _loggers = loggers;
    }

    /// <summary>How the server knows this node; empty before the start.</summary>
    public string NodeId { get; private set; } = "";

    /// <summary>Where the engine listens; 0 before the start.</summary>
    public int Port => _engine?.Port ?? 0;

    /// <summary>Bytes of cached pieces on the disk.</summary>
    public long CacheBytes => _cache?.StoredBytes ?? 0;

    /// <summary>Bytes read from origins since the start.</summary>
    public long FillBytes => _telemetry.FillBytes;

    /// <summary>What is seeded now, and to whom.</summary>
    public SeedingSnapshot Snapshot() => _engine?.Snapshot() ?? new SeedingSnapshot(0, 0, []);

    /// <summary>How the node is called: by the options, or by its data folder, where the name is made at the first call.</summary>
    /// <exception cref="IOException">The folder cannot be read or written.</exception>
    public static string ReadOrCreateId(EdgeOptions options)
    {
        Directory.CreateDirectory(options.DataFolder);
        return options.NodeId ?? NodeIdFile.ReadOrCreate(Path.Combine(options.DataFolder, "node.id"));
    }

    /// <exception cref="OptionsValidationException">Names every fault of the options.</exception>
    /// <exception cref="IOException">The data folder is in use or cannot be written.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">The port is taken.</exception>
    public Task StartAsync(CancellationToken cancellation)
    {
        ValidateOptionsResult valid = new EdgeOptionsValidator([.. _engines.Select(each => each.Name)]).Validate(
            null,
            _options
        );
        if (valid.Failed)
            throw new OptionsValidationException(nameof(EdgeOptions), typeof(EdgeOptions), valid.Failures);

        Directory.CreateDirectory(_options.DataFolder);
        NodeId = ReadOrCreateId(_options);
        _journal = SendJournal.Open(Path.Combine(_options.DataFolder, "sends.journal"), _clock);
        _cache = new PieceCache(
            Path.Combine(_options.DataFolder, "pieces"),
            new PieceCacheLimits { DiskBytes = _options.CacheLimitBytes },
            new OriginClient(_http, _options.EdgeKey, _clock, _telemetry),
            _clock,
            _telemetry,
            _loggers.CreateLogger<PieceCache>()
        );
        _cache.Restore();
        SeedingEngineKind kind = _engines.First(each => each.Name == _options.Engine);
        _engine = kind.Create(
            new SeedingEngineSetup(
                _options.Port,
                _options.Seeding,
                _journal,
                _telemetry,
                _clock,
                _loggers.CreateLogger<ISeedingEngine>()
            )
        );
        // Holds from the first connection on; the orders may lower it.
        _engine.UploadLimitBytesPerSecond = _options.UploadLimitBytesPerSecond;
        _engine.Start();
        _assignments = new AssignmentKeeper(
            _engine,
            _cache,
            new TorrentClient(_http, _options.EdgeKey, _clock),
            _options.OriginUrl is null ? null : new Uri(_options.OriginUrl),
            _clock,
            _loggers.CreateLogger<AssignmentKeeper>()
        );
        _heartbeats = new HeartbeatLoop(
            new HeartbeatClient(_http, new Uri(_options.ServerUrl), NodeId, _options.EdgeKey, _clock),
            _options,
            _engine,
            _cache,
            _journal,
            _assignments,
            _clock,
            _loggers.CreateLogger<HeartbeatLoop>()
        );
        _beating = Task.Run(() => _heartbeats.RunAsync(_stopping.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellation) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellation) => Task.CompletedTask;

    /// <summary>Before the others stop: in one process with the server, the last heartbeat still finds it.</summary>
    public async Task StoppingAsync(CancellationToken cancellation)
    {
        if (_stopped)
            return;
        _stopped = true;
        await _stopping.CancelAsync();
        await _beating;
        _assignments?.Dispose();
        if (_engine is not null)
            await _engine.StopAsync();
        if (_heartbeats is not null)
            await _heartbeats.LeaveAsync(_leaveTimeout, cancellation);
        _cache?.Dispose();
        _journal?.Dispose();
    }

    public Task StopAsync(CancellationToken cancellation) => StoppingAsync(cancellation);

    public Task StoppedAsync(CancellationToken cancellation) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await StoppingAsync(new CancellationToken(canceled: true));
        _http.Dispose();
        _telemetry.Dispose();
        _stopping.Dispose();
    }

    private static HttpClient NewHttpClient() =>
        new(
            new SocketsHttpHandler
            {
                // A name may come to mean another address.
                PooledConnectionLifetime = TimeSpan.FromMinutes(2),
                ConnectTimeout = TimeSpan.FromSeconds(5),
                UseCookies = false,
            }
        )
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
}
