using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Metering;
using Distribution.EdgeSeeder.Cache;
using Distribution.EdgeSeeder.Seeding;
using Microsoft.Extensions.Logging.Abstractions;

namespace Distribution.EdgeSeeder.Tests.Kit;

/// <summary>An engine with its cache and journal on a folder of its own, in front of a test origin.</summary>
internal sealed class TestEdge : IAsyncDisposable
{
    private readonly HttpClient _http = new() { Timeout = Timeout.InfiniteTimeSpan };
    private readonly bool _ownsFolder;

    public TestEdge(
        TestOrigin origin,
        EngineFactory create,
        SeedingLimits? limits = null,
        PieceCacheLimits? cacheLimits = null,
        string? folder = null,
        TimeProvider? clock = null
    )
    {
        Origin = origin;
        clock ??= TimeProvider.System;
        _ownsFolder = folder is null;
        Folder = folder ?? Directory.CreateTempSubdirectory("edge-test-").FullName;
        Journal = SendJournal.Open(Path.Combine(Folder, "sends.journal"), clock);
        Cache = new PieceCache(
            Path.Combine(Folder, "pieces"),
            cacheLimits ?? new PieceCacheLimits { DiskBytes = 1L << 30, FetchBackOff = TimeSpan.FromMilliseconds(5) },
            new OriginClient(_http, TestOrigin.EdgeKey, clock, Telemetry),
            clock,
            Telemetry,
            NullLogger.Instance
        );
        Cache.Restore();
        Engine = create(
            limits ?? new SeedingLimits { Tick = TimeSpan.FromMilliseconds(20) },
            Journal,
            Telemetry,
            clock
        );
        Engine.Start();
    }

    public TestOrigin Origin { get; }

    public string Folder { get; }

    public EdgeTelemetry Telemetry { get; } = new();

    public SendJournal Journal { get; }

    public PieceCache Cache { get; }

    public ISeedingEngine Engine { get; }

    public int Port => Engine.Port;

    /// <summary>Payload bytes in the journal.</summary>
    public long Counted =>
        Journal.Snapshot().Where(counter => counter.Kind == SendKind.Edge).Sum(counter => counter.BytesSent);

    /// <param name="states">The edge is told where the states of its blocks are.</param>
    public SwarmPieces Seed(TestContent content, bool states = false)
    {
        Origin.Publish(content);
        SwarmPieces pieces = Cache.Open(
            content.Torrent,
            Origin.WebSeedUrl(content),
            states ? Origin.StatesUrl(content) : null
        );
        Engine.Add(content.Metainfo, pieces);
        return pieces;
    }

    /// <summary>Completes with the first event that fits; ask before what causes it.</summary>
    public Task<PeerEvent> WhenAsync(Func<PeerEvent, bool> fits, TimeSpan? patience = null)
    {
        var seen = new TaskCompletionSource<PeerEvent>(TaskCreationOptions.RunContinuationsAsynchronously);
        Engine.PeerChanged += change =>
        {
            if (fits(change))
                seen.TrySetResult(change);
        };
        return seen.Task.WaitAsync(patience ?? TimeSpan.FromSeconds(10));
    }

    public Task<PeerEvent> WhenAsync(PeerChange change) => WhenAsync(seen => seen.Change == change);

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        Cache.Dispose();
        Journal.Dispose();
        Telemetry.Dispose();
        _http.Dispose();
        if (_ownsFolder)
            await Wait.UntilAsync(TryDelete);
    }

    // A piece that was given out may still be on its way to the disk.
    private bool TryDelete()
    {
        try
        {
            Directory.Delete(Folder, recursive: true);
            return true;
        }
        catch (DirectoryNotFoundException)
        {
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
