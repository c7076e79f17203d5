using System.Collections.Concurrent;
using Distribution.BitTorrent;
using Distribution.Silos.Ledgers;

namespace Distribution.Silos.Swarms;

/// <summary>
/// The info-hashes that are tracked, for front ends: strangers who ask for others reach no grain and no disk. A hybrid's two info-hashes
/// lead to one swarm. Filled from the ledger when the silo starts, kept by the swarms.
/// </summary>
public sealed class OpenSwarms
{
    private readonly ConcurrentDictionary<InfoHash, InfoHash> _swarms = new();

    /// <param name="infoHash">As a client asked: v1, or v2 cut to 20 bytes (BEP 52).</param>
    /// <param name="swarm">The v1 info-hash, by which the swarm goes.</param>
    public bool TryFind(InfoHash infoHash, out InfoHash swarm) => _swarms.TryGetValue(infoHash, out swarm);

    /// <param name="infoHashV2">Of a hybrid; else null.</param>
    public void Add(InfoHash infoHash, InfoHashV2? infoHashV2)
    {
        _swarms[infoHash] = infoHash;
        if (infoHashV2 is { } v2)
            _swarms[v2.Truncate()] = infoHash;
    }

    public void Remove(InfoHash infoHash, InfoHashV2? infoHashV2)
    {
        if (infoHashV2 is { } v2)
            _swarms.TryRemove(v2.Truncate(), out _);
        _swarms.TryRemove(infoHash, out _);
    }

    public async Task LoadAsync(Ledger ledger)
    {
        foreach ((InfoHash infoHash, InfoHashV2? infoHashV2) in await ledger.ReadOpenFilesAsync())
            Add(infoHash, infoHashV2);
    }
}
