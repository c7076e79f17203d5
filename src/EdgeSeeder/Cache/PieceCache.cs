using Distribution.BitTorrent;
using Distribution.BitTorrent.Metainfo;
using Microsoft.Extensions.Logging;

namespace Distribution.EdgeSeeder.Cache;

/// <summary>
/// The edge's bounded store of pieces, read through from the web seeds. A piece is verified each time that it comes into memory, and
/// again when its file was written since, so what lay on the disk over a restart, or was damaged there, is not sent unseen.
/// <see cref="PieceRanking"/> says who makes room.
/// </summary>
internal sealed class PieceCache : IDisposable
{
    private readonly PieceFiles _files;
    private readonly PieceCacheLimits _limits;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly Dictionary<PieceKey, StoredPiece> _stored = [];
    private readonly Dictionary<PieceKey, VerifiedPiece> _resident = [];
    private readonly Dictionary<InfoHash, SwarmPieces> _swarms = [];
    private readonly Dictionary<InfoHash, long> _storedBySwarm = [];
    private long _storedBytes;
    private long _memoryBytes;

    public PieceCache(
        string folder,
        PieceCacheLimits limits,
        OriginClient origin,
        TimeProvider clock,
        EdgeTelemetry telemetry,
        ILogger logger
    )
    {
        _files = new PieceFiles(folder);
        _limits = limits;
        _clock = clock;
        _logger = logger;
        Origin = origin;
        Telemetry = telemetry;
        Fetches = new SemaphoreSlim(limits.MaxConcurrentFetches);
        DiskReads = new SemaphoreSlim(limits.MaxConcurrentDiskReads);
    }

    /// <summary>Bytes of piece files.</summary>
    public long StoredBytes => Interlocked.Read(ref _storedBytes);

    internal OriginClient Origin { get; }

    internal EdgeTelemetry Telemetry { get; }

    internal PieceCacheLimits Limits => _limits;

    internal BlockStateWindows BlockStates { get; } = new();

    internal SemaphoreSlim Fetches { get; }

    internal SemaphoreSlim DiskReads { get; }

    internal TimeProvider Clock => _clock;

    internal ILogger Logger => _logger;

    /// <summary>Takes stock of what an earlier process left, and keeps it within the limit.</summary>
    public void Restore()
    {
        lock (_gate)
        {
            foreach ((PieceKey key, long bytes, long writtenTicks) in _files.Scan())
            {
                Count(key, bytes);
                _stored[key] = new StoredPiece(bytes) { FirstUsedTicks = writtenTicks, LastUsedTicks = writtenTicks };
            }
            EvictTo(_limits.DiskBytes);
        }
    }

    /// <summary>The pieces of a torrent; a torrent that is open already gets the new addresses.</summary>
    /// <param name="blockStates">Where the states of its blocks are; null: nowhere.</param>
    public SwarmPieces Open(TorrentInfo torrent, Uri webSeed, Uri? blockStates = null)
    {
        lock (_gate)
        {
            if (_swarms.TryGetValue(torrent.InfoHash, out SwarmPieces? open))
                open.WebSeed = webSeed;
            else
                _swarms[torrent.InfoHash] = open = new SwarmPieces(this, torrent, webSeed);
            open.BlockStatesUrl = blockStates;
            return open;
        }
    }

    /// <summary>Stops a torrent's fetches. Its files stay, as the first to be evicted once others are used.</summary>
    public void Close(InfoHash infoHash)
    {
        lock (_gate)
        {
            if (!_swarms.Remove(infoHash, out SwarmPieces? closed))
                return;
            closed.Dispose();
            foreach (PieceKey key in _resident.Keys.Where(key => key.InfoHash == infoHash).ToList())
                DropResident(key);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (SwarmPieces swarm in _swarms.Values)
                swarm.Dispose();
            _swarms.Clear();
            foreach (PieceKey key in _resident.Keys.ToList())
                DropResident(key);
        }
    }

    internal bool IsStored(PieceKey key)
    {
        lock (_gate)
            return _stored.ContainsKey(key);
    }

    internal DateTime LastWriteOf(PieceKey key) => _files.LastWriteOf(key);

    /// <summary>Bytes of piece files, by torrent.</summary>
    public IReadOnlyList<KeyValuePair<InfoHash, long>> StoredBySwarm()
    {
        lock (_gate)
            return [.. _storedBySwarm];
    }

    internal bool TryReadStored(PieceKey key, Span<byte> destination) => _files.TryRead(key, destination);

    /// <summary>Maps a stored piece that was just verified. Null: its file went meanwhile.</summary>
    /// <param name="verifiedWrite">The file's time before its bytes were read.</param>
    internal VerifiedPiece? MapStored(PieceKey key, int lengthBytes, DateTime verifiedWrite)
    {
        try
        {
            MappedPiece mapped = _files.Map(key, lengthBytes, verifiedWrite);
            lock (_gate)
                return Settle(key, mapped, stored: true);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Stores a piece that was just verified: on the disk, or where it has no room as it is, in memory.</summary>
    internal VerifiedPiece Store(PieceKey key, MemoryPiece verified)
    {
        ReadOnlySpan<byte> bytes = verified.GetSpan();
        VerifiedPiece? piece = TryWrite(key, bytes);
        if (piece is null && MakeRoomOnFullDisk())
            piece = TryWrite(key, bytes);
        bool stored = piece is not null;
        if (piece is null)
        {
            verified.TryRetain();
            piece = verified;
        }
        lock (_gate)
            return Settle(key, piece, stored);
    }

    /// <summary>Takes a piece out of disk and memory; who is sending it keeps it until done.</summary>
    internal void Forget(PieceKey key)
    {
        lock (_gate)
            Evict(key);
    }

    private MappedPiece? TryWrite(PieceKey key, ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            if (bytes.Length > _limits.DiskBytes)
                return null;
            if (_storedBytes + bytes.Length > _limits.DiskBytes)
                // A little more than needed, so that the search for the oldest is not made for each piece.
                EvictTo(Math.Max(0, _limits.DiskBytes - bytes.Length - _limits.DiskBytes / 64));
        }
        try
        {
            return _files.Write(key, bytes);
        }
        catch (IOException fault)
        {
            _logger.LogWarning("A piece could not be written to the cache: {Fault}", fault.Message);
            return null;
        }
    }

    private bool MakeRoomOnFullDisk()
    {
        lock (_gate)
        {
            if (_stored.Count == 0)
                return false;
            EvictTo(_storedBytes - Math.Max(1, _storedBytes / 16));
            return true;
        }
    }

    private VerifiedPiece Settle(PieceKey key, VerifiedPiece piece, bool stored)
    {
        long now = _clock.GetUtcNow().UtcTicks;
        piece.LastUsedTicks = piece.CheckedTicks = now;
        if (stored && !_stored.ContainsKey(key))
        {
            _stored[key] = new StoredPiece(piece.LengthBytes) { FirstUsedTicks = now, LastUsedTicks = now };
            Count(key, piece.LengthBytes);
        }
        if (_swarms.TryGetValue(key.InfoHash, out SwarmPieces? swarm))
        {
            DropResident(key);
            // The table is a user of its own beside the caller.
            piece.TryRetain();
            _resident[key] = piece;
            if (piece.InMemoryOnly)
                _memoryBytes += piece.LengthBytes;
            swarm.SetResident(key.Piece, piece);
            TrimResident();
        }
        return piece;
    }

    private void TrimResident()
    {
        if (_resident.Count > _limits.MaxMappedPieces)
        {
            List<PieceKey> oldest =
            [
                .. _resident
                    .OrderBy(entry => entry.Value.LastUsedTicks)
                    .Take(1 + _limits.MaxMappedPieces / 16)
                    .Select(entry => entry.Key),
            ];
            oldest.ForEach(DropResident);
        }
        while (_memoryBytes > _limits.MemoryBytes)
        {
            (PieceKey Key, VerifiedPiece? Piece) oldest = _resident
                .Where(entry => entry.Value.InMemoryOnly)
                .Select(entry => (entry.Key, entry.Value))
                .MinBy(entry => entry.Value.LastUsedTicks);
            // One piece always stays, or a piece larger than the limit could never be sent.
            if (oldest.Piece is null || oldest.Piece.LengthBytes == _memoryBytes)
                return;
            DropResident(oldest.Key);
        }
    }

    private void EvictTo(long bytes)
    {
        if (_storedBytes <= bytes)
            return;
        foreach ((PieceKey key, StoredPiece stored) in _stored)
            stored.LastUsedTicks = LastUsed(key);
        foreach (PieceKey key in PieceRanking.VictimsFirst(_stored, _limits.DiskBytes))
        {
            if (_storedBytes <= bytes)
                break;
            Evict(key);
        }
    }

    private long LastUsed(PieceKey key) =>
        Math.Max(
            _stored[key].LastUsedTicks,
            _resident.TryGetValue(key, out VerifiedPiece? piece) ? piece.LastUsedTicks : 0
        );

    private void Evict(PieceKey key)
    {
        DropResident(key);
        if (!_stored.Remove(key, out StoredPiece? stored))
            return;
        Count(key, -stored.Bytes);
        _files.Delete(key);
    }

    private void DropResident(PieceKey key)
    {
        if (!_resident.Remove(key, out VerifiedPiece? piece))
            return;
        if (piece.InMemoryOnly)
            _memoryBytes -= piece.LengthBytes;
        else if (_stored.TryGetValue(key, out StoredPiece? stored))
            stored.LastUsedTicks = piece.LastUsedTicks;
        if (_swarms.TryGetValue(key.InfoHash, out SwarmPieces? swarm))
            swarm.SetResident(key.Piece, null);
        piece.Release();
    }

    private void Count(PieceKey key, long bytes)
    {
        _storedBytes += bytes;
        long left = _storedBySwarm.GetValueOrDefault(key.InfoHash) + bytes;
        if (left > 0)
            _storedBySwarm[key.InfoHash] = left;
        else
            _storedBySwarm.Remove(key.InfoHash);
    }
}
