using System.Collections.Concurrent;
using Distribution.BitTorrent;
using Distribution.Silos.Ledgers;

namespace Distribution.Silos.Swarms;

/// <summary>
/// The info-hashes that are tracked, for front ends: strangers who ask for others reach no grain and no disk. Filled from the ledger
/// when the silo starts, kept by the swarms.
/// </summary>
public sealed class OpenSwarms
{
    private readonly ConcurrentDictionary<InfoHash, bool> _open = new();

    public bool Contains(InfoHash infoHash) => _open.ContainsKey(infoHash);

    public void Add(InfoHash infoHash) => _open[infoHash] = true;

    public void Remove(InfoHash infoHash) => _open.TryRemove(infoHash, out _);

    public async Task LoadAsync(Ledger ledger)
    {
        foreach (InfoHash infoHash in await ledger.ReadOpenFilesAsync())
            Add(infoHash);
    }
}
