using Distribution.BitTorrent.Metainfo;
using Distribution.BitTorrent.Pieces;
using Microsoft.Extensions.Logging;

namespace Distribution.EdgeSeeder.Cache;

/// <summary>The block states of one torrent's pieces, from the server that ordered it to be seeded.</summary>
internal sealed class TorrentBlockStates(PieceCache cache, TorrentInfo torrent)
{
    // Where the server has none it is not asked again before.
    private static readonly TimeSpan _pause = TimeSpan.FromMinutes(10);

    // Of a folder they are not kept.
    private readonly BlockStateMap? _map =
        torrent.IsSingleFile && BlockStateMap.Fits(torrent.PieceLengthBytes)
            ? new BlockStateMap(torrent.PieceLengthBytes, torrent.LengthBytes)
            : null;
    private long _notBeforeTicks;

    /// <summary>Null: nowhere.</summary>
    public Uri? Url { get; set; }

    /// <summary>False: the piece has to be checked as a whole.</summary>
    public bool MayHave(int piece) =>
        Url is not null
        && Find(piece) is not null
        && cache.Clock.GetUtcNow().UtcTicks >= Volatile.Read(ref _notBeforeTicks);

    /// <summary>Those of a piece; null: it has to be checked as a whole.</summary>
    /// <remarks>At once where they are here.</remarks>
    public async Task<ReadOnlyMemory<byte>?> OfPieceAsync(int piece)
    {
        if (Url is not { } url || !MayHave(piece) || Find(piece) is not { } range)
            return null;
        var states = new byte[range.Count * BlockStateMap.StateBytes];
        long from = range.First * BlockStateMap.StateBytes;
        for (int filled = 0; filled < states.Length; )
        {
            long window = (from + filled) / BlockStateWindows.WindowBytes;
            byte[]? bytes = await cache.BlockStates.GetAsync(torrent.InfoHash, window, () => FetchAsync(url, window));
            int start = (int)(from + filled - window * BlockStateWindows.WindowBytes);
            if (bytes is null || start >= bytes.Length)
            {
                Forget(piece);
                return null;
            }
            int taken = Math.Min(states.Length - filled, bytes.Length - start);
            bytes.AsSpan(start, taken).CopyTo(states.AsSpan(filled));
            filled += taken;
        }
        // Not a bare null: that would turn into an empty memory, by way of a null array.
        return BlockVerifier.AreWhole(torrent.PieceSizeBytes(piece), states) ? states : default(ReadOnlyMemory<byte>?);
    }

    /// <summary>They did not fit.</summary>
    public void Forget(int piece)
    {
        Volatile.Write(ref _notBeforeTicks, (cache.Clock.GetUtcNow() + _pause).UtcTicks);
        if (Find(piece) is not { } range)
            return;
        long first = range.First * BlockStateMap.StateBytes / BlockStateWindows.WindowBytes;
        long last = (range.First + range.Count) * BlockStateMap.StateBytes / BlockStateWindows.WindowBytes;
        for (long window = first; window <= last; window++)
            cache.BlockStates.Forget(torrent.InfoHash, window);
    }

    private (long First, int Count)? Find(int piece)
    {
        int count = BlockStateMap.CountOf(torrent.PieceSizeBytes(piece));
        return count == 0 || _map is null ? null : (_map.CountUpTo((long)piece * torrent.PieceLengthBytes), count);
    }

    private async Task<byte[]?> FetchAsync(Uri url, long window)
    {
        await Task.Yield();
        long all = _map!.Count * BlockStateMap.StateBytes;
        long from = window * BlockStateWindows.WindowBytes;
        var bytes = new byte[(int)Math.Min(BlockStateWindows.WindowBytes, all - from)];
        string? fault = await cache.Origin.FetchStatesAsync(url, from, bytes);
        if (fault is null)
            return bytes;
        cache.Logger.LogDebug("The block states of {InfoHash} were not fetched: {Fault}", torrent.InfoHash, fault);
        return null;
    }
}
