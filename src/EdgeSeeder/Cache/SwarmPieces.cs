using System.Buffers;
using System.Diagnostics;
using Distribution.BitTorrent.Metainfo;
using Distribution.BitTorrent.Pieces;
using Distribution.BitTorrent.Wire;
using Microsoft.Extensions.Logging;

namespace Distribution.EdgeSeeder.Cache;

/// <summary>
/// One torrent's part of the cache. A piece that is missing is fetched once, however many ask; wrong data are counted, thrown away and
/// fetched again.
/// </summary>
internal sealed class SwarmPieces : IPieceSource, IDisposable
{
    /// <summary>A piece that is in use is looked at so often; one that was not used for longer, before it is used again.</summary>
    private const long CheckEveryTicks = TimeSpan.TicksPerSecond;

    /// <summary>Of a torrent so much at the most is fetched ahead, as a part of the disk that pieces may have.</summary>
    private const int WarmDiskPart = 4;
    private const int WarmFetches = 2;

    private readonly PieceCache _cache;
    private readonly TorrentInfo _torrent;
    private readonly PieceFetcher _fetcher;
    private readonly VerifiedPiece?[] _resident;
    private readonly Lock _gate = new();
    private readonly Dictionary<int, PieceLoad> _loading = [];
    private readonly Dictionary<int, long> _pausedUntilTicks = [];
    private readonly CancellationTokenSource _closed = new();
    private int _warmed;

    public SwarmPieces(PieceCache cache, TorrentInfo torrent, Uri webSeed)
    {
        _cache = cache;
        _torrent = torrent;
        _fetcher = new PieceFetcher(cache, torrent, _closed.Token);
        _resident = new VerifiedPiece?[torrent.PieceCount];
        WebSeed = webSeed;
    }

    /// <summary>Where the torrent's one file is, or the base of a folder's files, with a slash at the end.</summary>
    public Uri WebSeed { get; set; }

    /// <summary>Where the states of its blocks are; null: nowhere.</summary>
    public Uri? BlockStatesUrl
    {
        get => _fetcher.States.Url;
        set => _fetcher.States.Url = value;
    }

    public bool TryTake(int piece, out VerifiedPiece? taken)
    {
        taken = (uint)piece < (uint)_resident.Length ? Volatile.Read(ref _resident[piece]) : null;
        if (taken is null || !taken.TryRetain())
        {
            taken = null;
            return false;
        }
        long now = _cache.Clock.GetUtcNow().UtcTicks;
        taken.LastUsedTicks = now;
        if (now - taken.CheckedTicks < CheckEveryTicks)
            return true;
        taken.CheckedTicks = now;
        if (taken.IsAsVerified)
            return true;
        Discard(taken);
        taken.Release();
        taken = null;
        return false;
    }

    public async ValueTask<VerifiedPiece?> TakeAsync(int piece, CancellationToken cancellation)
    {
        if ((uint)piece >= (uint)_resident.Length)
            return null;
        // What was loaded can be evicted before this caller gets to it: then once more.
        for (int round = 0; round < 3; round++)
        {
            if (TryTake(piece, out VerifiedPiece? taken))
                return taken;
            if (Load(piece, 0) is not { } load)
                return null;
            if (!await load.Whole.WaitAsync(cancellation))
                return null;
        }
        return TryTake(piece, out VerifiedPiece? last) ? last : null;
    }

    public bool TryTakeBlock(BlockRequest block, out VerifiedPiece? taken)
    {
        if (TryTake(block.Piece, out taken))
            return true;
        PieceLoad? load;
        lock (_gate)
            _loading.TryGetValue(block.Piece, out load);
        return load?.TryTake(block, out taken) == true;
    }

    public async ValueTask<VerifiedPiece?> TakeBlockAsync(BlockRequest block, CancellationToken cancellation)
    {
        if ((uint)block.Piece >= (uint)_resident.Length)
            return null;
        // A block for each time that it is waited for, and what came may be of a try that came to nothing.
        for (int round = 0; round < 8; round++)
        {
            if (TryTakeBlock(block, out VerifiedPiece? taken))
                return taken;
            if (Load(block.Piece, block.OffsetBytes / BlockStateMap.BlockBytes) is not { } load)
                return null;
            if (!await load.WaitAsync(block).WaitAsync(cancellation))
                return null;
        }
        return await TakeAsync(block.Piece, cancellation);
    }

    public void Prefetch(int piece)
    {
        if ((uint)piece < (uint)_resident.Length && Volatile.Read(ref _resident[piece]) is null)
            _ = Load(piece, 0);
    }

    public void Discard(VerifiedPiece unreadable)
    {
        _cache.Telemetry.CacheDamaged();
        if (ReferenceEquals(Volatile.Read(ref _resident[unreadable.Piece]), unreadable))
            _cache.Forget(Key(unreadable.Piece));
    }

    /// <summary>
    /// Fetches what is missing, in order and a little at a time, so that whoever asks comes first; as much as a part of the disk allows. Once
    /// for each opening.
    /// </summary>
    public void Warm()
    {
        if (Interlocked.Exchange(ref _warmed, 1) == 0)
            _ = Task.Run(WarmAsync);
    }

    /// <summary>The piece is on the disk, as far as is known.</summary>
    public bool IsStored(int piece) => _cache.IsStored(Key(piece));

    public void Dispose() => _closed.Cancel();

    internal void SetResident(int piece, VerifiedPiece? resident) => Volatile.Write(ref _resident[piece], resident);

    private PieceKey Key(int piece) => new(_torrent.InfoHash, piece);

    /// <summary>The one load of a piece that is under way. Null once the torrent is closed.</summary>
    private PieceLoad? Load(int piece, int firstBlock)
    {
        lock (_gate)
        {
            if (_loading.TryGetValue(piece, out PieceLoad? running))
                return running;
            if (_closed.IsCancellationRequested)
                return null;
            _pausedUntilTicks.Remove(piece, out long until);
            var load = new PieceLoad(firstBlock);
            _loading[piece] = load;
            _ = Task.Run(() => LoadOnceAsync(piece, until, load));
            return load;
        }
    }

    private async Task LoadOnceAsync(int piece, long notBeforeTicks, PieceLoad load)
    {
        VerifiedPiece? loaded = null;
        try
        {
            // After failures the next try waits, and so do those who ask: a refusal at once would only be asked again at once.
            long pause = notBeforeTicks - _cache.Clock.GetUtcNow().UtcTicks;
            if (pause > 0)
                await Task.Delay(TimeSpan.FromTicks(pause), _cache.Clock, _closed.Token);
            // Between the caller's look and this load another one may have ended.
            if (!TryTake(piece, out loaded))
                loaded = await ReadStoredAsync(piece) ?? await FetchAsync(piece, load);
        }
        catch (OperationCanceledException)
        {
            // Closed.
        }
        catch (Exception fault)
        {
            _cache.Logger.LogError(fault, "Piece {Piece} of {InfoHash} could not be loaded.", piece, _torrent.InfoHash);
        }
        finally
        {
            lock (_gate)
            {
                _loading.Remove(piece);
                if (loaded is null && !_closed.IsCancellationRequested)
                    _pausedUntilTicks[piece] = (_cache.Clock.GetUtcNow() + _cache.Limits.FetchPause).UtcTicks;
            }
            load.End(loaded is not null);
            // The table keeps it; those who wait take their own.
            loaded?.Release();
        }
    }

    private async Task<VerifiedPiece?> ReadStoredAsync(int piece)
    {
        PieceKey key = Key(piece);
        if (!_cache.IsStored(key))
            return null;
        DateTime written = _cache.LastWriteOf(key);
        int length = _torrent.PieceSizeBytes(piece);
        await _cache.DiskReads.WaitAsync(_closed.Token);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            if (
                _cache.TryReadStored(key, buffer.AsSpan(0, length)) && _fetcher.IsRight(piece, buffer.AsSpan(0, length))
            )
                return _cache.MapStored(key, length, written);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            _cache.DiskReads.Release();
        }
        _cache.Logger.LogWarning("Piece {Piece} of {InfoHash} was damaged in the cache.", piece, _torrent.InfoHash);
        _cache.Telemetry.CacheDamaged();
        _cache.Forget(key);
        return null;
    }

    private async Task<VerifiedPiece?> FetchAsync(int piece, PieceLoad load)
    {
        using Activity? activity = _cache.Telemetry.StartFill(_torrent.InfoHash.ToString(), piece);
        for (int attempt = 0; attempt < _cache.Limits.FetchAttempts; attempt++)
        {
            if (attempt > 0)
                await Task.Delay(BackOff(attempt), _cache.Clock, _closed.Token);
            await _cache.Fetches.WaitAsync(_closed.Token);
            var fetched = new ArrivingPiece(piece, _torrent.PieceSizeBytes(piece));
            load.Arrives(fetched);
            try
            {
                if (await _fetcher.FetchAsync(WebSeed, fetched, load) is not { } fault)
                {
                    // Those who wait need not wait for the disk.
                    Show(fetched);
                    load.End(isThere: true);
                    return _cache.Store(Key(piece), fetched);
                }
                _cache.Logger.LogWarning(
                    "Piece {Piece} of {InfoHash} was not fetched from {WebSeed}: {Fault}",
                    piece,
                    _torrent.InfoHash,
                    WebSeed,
                    fault
                );
            }
            finally
            {
                load.Arrives(null);
                fetched.Release();
                _cache.Fetches.Release();
            }
        }
        activity?.SetStatus(ActivityStatusCode.Error);
        return null;
    }

    /// <summary>Gives a piece out until the table has it; its loader holds it meanwhile.</summary>
    private void Show(MemoryPiece verified)
    {
        long now = _cache.Clock.GetUtcNow().UtcTicks;
        verified.LastUsedTicks = verified.CheckedTicks = now;
        SetResident(verified.Piece, verified);
    }

    private async Task WarmAsync()
    {
        int most = (int)
            Math.Min(
                _torrent.PieceCount,
                _cache.Limits.DiskBytes / WarmDiskPart / Math.Max(1, _torrent.PieceLengthBytes)
            );
        try
        {
            await Parallel.ForEachAsync(
                Enumerable.Range(0, most),
                new ParallelOptions { MaxDegreeOfParallelism = WarmFetches, CancellationToken = _closed.Token },
                async (piece, cancellation) =>
                {
                    if (!IsStored(piece))
                        (await TakeAsync(piece, cancellation))?.Release();
                }
            );
        }
        catch (OperationCanceledException) { }
    }

    private TimeSpan BackOff(int attempt) =>
        _cache.Limits.FetchBackOff * Math.Pow(2, attempt - 1) * (0.75 + Random.Shared.NextDouble() / 2);
}
