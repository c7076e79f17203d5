using Distribution.BitTorrent;

namespace Distribution.EdgeSeeder.Cache;

/// <summary>
/// Stretches of the block states of all torrents, as they were fetched; the oldest make room. In memory alone: they are small (20 bytes for 16 KiB of
/// content), and wanted for pieces that are not here yet. Any thread.
/// </summary>
internal sealed class BlockStateWindows
{
    /// <summary>States of 52 MiB of content.</summary>
    public const int WindowBytes = 64 * 1024;

    private const int MaxWindows = 128;

    private readonly Lock _gate = new();
    private readonly Dictionary<(InfoHash InfoHash, long Window), Entry> _windows = [];
    private long _uses;

    /// <summary>A window, which <paramref name="fetch"/> gets if it is not there. Ends with null where it could not.</summary>
    public Task<byte[]?> GetAsync(InfoHash infoHash, long window, Func<Task<byte[]?>> fetch)
    {
        lock (_gate)
        {
            if (!_windows.TryGetValue((infoHash, window), out Entry? entry))
            {
                if (_windows.Count >= MaxWindows)
                    _windows.Remove(_windows.MinBy(static each => each.Value.LastUse).Key);
                _windows[(infoHash, window)] = entry = new Entry(fetch());
            }
            entry.LastUse = ++_uses;
            return entry.Bytes;
        }
    }

    /// <summary>They were of no use: asked for again, they are fetched again.</summary>
    public void Forget(InfoHash infoHash, long window)
    {
        lock (_gate)
            _windows.Remove((infoHash, window));
    }

    private sealed class Entry(Task<byte[]?> bytes)
    {
        public Task<byte[]?> Bytes { get; } = bytes;

        public long LastUse { get; set; }
    }
}
