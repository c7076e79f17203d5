using System.Collections.Concurrent;
using Distribution.BitTorrent;
using Distribution.Silos.Ledgers;

namespace Distribution.Silos.Swarms;

/// <summary>
/// The info-hashes that are tracked, for front ends: strangers who ask for others reach no grain and no disk. A hybrid's two info-hashes
/// lead to one swarm. Filled from the ledger when the silo starts, kept by the swarms; what another silo's swarms change is read from the
/// ledger (<see cref="OpenSwarmsFollower"/>).
/// </summary>
public sealed class OpenSwarms : IDisposable
{
    private readonly SemaphoreSlim _following = new(1, 1);
    private readonly ConcurrentDictionary<InfoHash, InfoHash> _swarms = new();
    private long _revision = -1;

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

    /// <summary>Takes over what is open, and from then on what any silo opened or closed since. Any thread.</summary>
    /// <exception cref="State.StateUnavailableException">Nothing changed here.</exception>
    public async Task FollowAsync(Ledger ledger)
    {
        await _following.WaitAsync();
        try
        {
            List<SwarmOpening> openings;
            long revision = _revision;
            if (revision < 0)
                (openings, revision) = await ledger.ReadOpenFilesAsync();
            else
                openings = await ledger.ReadOpeningsAsync(revision);
            foreach (SwarmOpening opening in openings)
            {
                if (opening.IsOpen)
                    Add(opening.InfoHash, opening.InfoHashV2);
                else
                    Remove(opening.InfoHash, opening.InfoHashV2);
                revision = Math.Max(revision, opening.Revision);
            }
            _revision = revision;
        }
        finally
        {
            _following.Release();
        }
    }

    public void Dispose() => _following.Dispose();
}
