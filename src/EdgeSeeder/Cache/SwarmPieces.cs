using System.Buffers;
using System.Diagnostics;
using System.Security.Cryptography;
using Distribution.BitTorrent.Metainfo;
using Microsoft.Extensions.Logging;

namespace Distribution.EdgeSeeder.Cache;

/// <summary>
/// One torrent's part of the cache. A piece that is missing is fetched once, however many ask; wrong data are counted, thrown away and
/// fetched again.
/// </summary>
internal sealed class SwarmPieces : IPieceSource, IDisposable
{
    private const int HashBytes = 20;

    /// <summary>A piece that is in use is looked at so often; one that was not used for longer, before it is used again.</summary>
    private const long CheckEveryTicks = TimeSpan.TicksPerSecond;

    /// <summary>Of a torrent so much at the most is fetched ahead, as a part of the disk that pieces may have.</summary>
    private const int WarmDiskPart = 4;
    private const int WarmFetches = 2;

    /// <summary>So many pieces of a torrent that is new here are fetched in parts side by side: somebody waits for them and has nothing else.</summary>
    private const int ColdPieces = 4;
    private const int MaxRanges = 4;
    private const int MinRangeBytes = 128 * 1024;

    private readonly PieceCache _cache;
    private readonly TorrentInfo _torrent;
    private readonly FileMap _files;
    private readonly VerifiedPiece?[] _resident;
    private readonly Lock _gate = new();
    private readonly Dictionary<int, TaskCompletionSource<bool>> _loading = [];
    private readonly Dictionary<int, long> _pausedUntilTicks = [];
    private readonly CancellationTokenSource _closed = new();
    private int _warmed;
    private int _fetches;

    public SwarmPieces(PieceCache cache, TorrentInfo torrent, Uri webSeed)
    {
        _cache = cache;
        _torrent = torrent;
        _files = new FileMap(torrent);
        _resident = new VerifiedPiece?[torrent.PieceCount];
        WebSeed = webSeed;
    }

    /// <summary>Where the torrent's one file is, or the base of a folder's files, with a slash at the end.</summary>
    public Uri WebSeed { get; set; }

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
            if (Load(piece) is not { } load)
                return null;
            if (!await load.WaitAsync(cancellation))
                return null;
        }
        return TryTake(piece, out VerifiedPiece? last) ? last : null;
    }

    public void Prefetch(int piece)
    {
        if ((uint)piece < (uint)_resident.Length && Volatile.Read(ref _resident[piece]) is null)
            _ = Load(piece);
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

    /// <summary>The one load of a piece that is under way: ends with whether it can be taken. Null once the torrent is closed.</summary>
    private Task<bool>? Load(int piece)
    {
        lock (_gate)
        {
            if (_loading.TryGetValue(piece, out TaskCompletionSource<bool>? running))
                return running.Task;
            if (_closed.IsCancellationRequested)
                return null;
            _pausedUntilTicks.Remove(piece, out long until);
            var arrival = new TaskCompletionSource<bool>();
            _loading[piece] = arrival;
            _ = Task.Run(() => LoadOnceAsync(piece, until, arrival));
            return arrival.Task;
        }
    }

    private async Task LoadOnceAsync(int piece, long notBeforeTicks, TaskCompletionSource<bool> arrival)
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
                loaded = await ReadStoredAsync(piece) ?? await FetchAsync(piece, arrival);
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
            arrival.TrySetResult(loaded is not null);
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
            if (_cache.TryReadStored(key, buffer.AsSpan(0, length)) && HashIsRight(piece, buffer.AsSpan(0, length)))
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

    private async Task<VerifiedPiece?> FetchAsync(int piece, TaskCompletionSource<bool> arrival)
    {
        using Activity? activity = _cache.Telemetry.StartFill(_torrent.InfoHash.ToString(), piece);
        for (int attempt = 0; attempt < _cache.Limits.FetchAttempts; attempt++)
        {
            if (attempt > 0)
                await Task.Delay(BackOff(attempt), _cache.Clock, _closed.Token);
            await _cache.Fetches.WaitAsync(_closed.Token);
            MemoryPiece fetched = MemoryPiece.Allocate(piece, _torrent.PieceSizeBytes(piece));
            try
            {
                string? fault = await FillAsync(piece, fetched.Memory);
                if (fault is null && HashIsRight(piece, fetched.GetSpan()))
                {
                    // Those who wait need not wait for the disk.
                    Show(fetched);
                    arrival.TrySetResult(true);
                    return _cache.Store(Key(piece), fetched);
                }
                if (fault is null)
                {
                    _cache.Telemetry.FillCorrupt();
                    fault = "The bytes are not those that were published.";
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

    /// <summary>A stretch of a file, in parts side by side where that saves waiting: a young connection carries little at a time.</summary>
    private async Task<string?> FetchAsync(Uri url, long offsetBytes, Memory<byte> part)
    {
        int ranges = Math.Min(MaxRanges, part.Length / MinRangeBytes);
        if (ranges < 2 || Volatile.Read(ref _fetches) > ColdPieces)
            return await _cache.Origin.FetchAsync(url, offsetBytes, part, _closed.Token);
        int length = (part.Length + ranges - 1) / ranges;
        string?[] faults = await Task.WhenAll(
            Enumerable
                .Range(0, ranges)
                .Select(range =>
                {
                    int start = range * length;
                    return _cache.Origin.FetchAsync(
                        url,
                        offsetBytes + start,
                        part.Slice(start, Math.Min(length, part.Length - start)),
                        _closed.Token
                    );
                })
        );
        return faults.FirstOrDefault(static fault => fault is not null);
    }

    /// <summary>Reads the piece's part of each file; padding is never asked for. Null: done; else what went wrong, for people.</summary>
    private async Task<string?> FillAsync(int piece, Memory<byte> destination)
    {
        Interlocked.Increment(ref _fetches);
        foreach (FileSlice slice in _files.SlicesOf(piece))
        {
            Memory<byte> part = destination.Slice(slice.StartInPiece, slice.LengthBytes);
            if (slice.IsPadding)
                part.Span.Clear();
            else if (await FetchAsync(_files.UrlOf(WebSeed, slice.File), slice.OffsetBytes, part) is { } fault)
                return fault;
        }
        return null;
    }

    private TimeSpan BackOff(int attempt) =>
        _cache.Limits.FetchBackOff * Math.Pow(2, attempt - 1) * (0.75 + Random.Shared.NextDouble() / 2);

    private bool HashIsRight(int piece, ReadOnlySpan<byte> bytes)
    {
        Span<byte> digest = stackalloc byte[HashBytes];
        SHA1.HashData(bytes, digest);
        return digest.SequenceEqual(_torrent.PieceHash(piece));
    }
}
