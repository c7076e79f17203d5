using System.Net;
using Distribution.BitTorrent;

namespace Distribution.EdgeSeeder.Seeding.Admission;

/// <summary>Who is connected from where, and how often; and which addresses are known to be viewers'. Any thread may call.</summary>
internal sealed class Households(int mostOfOne, TimeProvider clock)
{
    /// <summary>A viewer is named again and again while it downloads; and is known for a while after.</summary>
    private static readonly TimeSpan _knownFor = TimeSpan.FromMinutes(30);
    private const int MostKnown = 100_000;

    /// <summary>What a household has taken, after its last connection.</summary>
    private static readonly TimeSpan _takingsKeptFor = TimeSpan.FromMinutes(10);
    private const int MostTakings = 20_000;

    private readonly Lock _gate = new();
    private readonly ServiceClock _served = new();
    private readonly Dictionary<ulong, Household> _households = [];
    private readonly Dictionary<ulong, Neighbourhood> _neighbourhoods = [];
    private readonly Dictionary<ulong, long> _knownAt = [];
    private readonly Dictionary<(ulong Household, InfoHash InfoHash), Takings> _takings = [];

    /// <summary>Takes a connection in. Null: its address has enough.</summary>
    public Household? Enter(IPAddress address)
    {
        ulong key = Household.KeyOf(address);
        lock (_gate)
        {
            if (!_households.TryGetValue(key, out Household? household))
                _households[key] = household = Found(key);
            if (household.Connections >= mostOfOne)
                return null;
            household.Connections++;
            return household;
        }
    }

    public void Leave(Household household)
    {
        lock (_gate)
        {
            if (--household.Connections > 0)
                return;
            _households.Remove(household.Key);
            if (--household.Neighbourhood.Households == 0)
                _neighbourhoods.Remove(household.Neighbourhood.Key);
        }
    }

    /// <summary>The tracker has named viewers at these addresses.</summary>
    public void Know(IEnumerable<IPAddress> viewers)
    {
        lock (_gate)
        {
            foreach (IPAddress viewer in viewers)
                Know(Household.KeyOf(viewer));
        }
    }

    /// <summary>A peer there has shown that it holds what it got.</summary>
    public void Know(Household household)
    {
        lock (_gate)
            Know(household.Key);
    }

    /// <summary>What a household was given of a torrent in the last ten minutes. Null: there are too many to remember.</summary>
    public Takings? TakingsOf(Household household, InfoHash infoHash, long torrentBytes)
    {
        (ulong, InfoHash) key = (household.Key, infoHash);
        long now = clock.GetTimestamp();
        lock (_gate)
        {
            if (
                !_takings.TryGetValue(key, out Takings? takings)
                || clock.GetElapsedTime(takings.UsedAt, now) > _takingsKeptFor
            )
            {
                if (_takings.Count >= MostTakings)
                    ForgetTakings(now);
                if (_takings.Count >= MostTakings)
                    return null;
                _takings[key] = takings = new Takings(torrentBytes);
            }
            takings.UsedAt = now;
            return takings;
        }
    }

    /// <summary>They were added to.</summary>
    public void Keep(Takings takings)
    {
        lock (_gate)
            takings.UsedAt = clock.GetTimestamp();
    }

    private void ForgetTakings(long now)
    {
        foreach (((ulong, InfoHash) key, Takings takings) in _takings)
        {
            if (clock.GetElapsedTime(takings.UsedAt, now) > _takingsKeptFor)
                _takings.Remove(key);
        }
    }

    private void Know(ulong key)
    {
        if (_knownAt.Count >= MostKnown && !_knownAt.ContainsKey(key))
            ForgetOld();
        if (_knownAt.Count < MostKnown || _knownAt.ContainsKey(key))
            _knownAt[key] = clock.GetTimestamp();
        if (_households.TryGetValue(key, out Household? household))
            household.IsViewer = true;
    }

    private Household Found(ulong key)
    {
        ulong near = Neighbourhood.KeyOf(key);
        if (!_neighbourhoods.TryGetValue(near, out Neighbourhood? neighbourhood))
            _neighbourhoods[near] = neighbourhood = new Neighbourhood(near, _served);
        neighbourhood.Households++;
        return new Household(key, neighbourhood)
        {
            IsViewer = _knownAt.TryGetValue(key, out long at) && clock.GetElapsedTime(at) < _knownFor,
        };
    }

    private void ForgetOld()
    {
        foreach ((ulong key, long at) in _knownAt)
        {
            if (clock.GetElapsedTime(at) >= _knownFor)
                _knownAt.Remove(key);
        }
    }
}
