using System.Net;
using System.Net.Sockets;
using Distribution.BitTorrent;

namespace Distribution.Silos.Swarms;

/// <summary>The viewers of one swarm. Soft state: it comes back with their next announces. One thread at a time.</summary>
internal sealed class PeerTable
{
    /// <summary>An edge's last word about a viewer comes after the viewer's own.</summary>
    public const int RememberSeconds = 60;

    private readonly Dictionary<PeerId, Peer> _peers = [];
    private readonly Dictionary<IPEndPoint, PeerEndpoint> _endpoints = [];
    private readonly Dictionary<IPEndPoint, (Peer Peer, long ForgetAt)> _gone = [];
    private readonly PeerList _leechers4 = new();
    private readonly PeerList _leechers6 = new();
    private readonly PeerList _seeds4 = new();
    private readonly PeerList _seeds6 = new();

    public int Count => _peers.Count;

    public int Seeds { get; private set; }

    public int Leechers => Count - Seeds;

    public IEnumerable<Peer> Peers => _peers.Values;

    public Peer? Find(PeerId peerId) => _peers.GetValueOrDefault(peerId);

    /// <summary>Who is at this endpoint, or was until a moment ago.</summary>
    public Peer? At(IPEndPoint endpoint) =>
        _endpoints.TryGetValue(endpoint, out PeerEndpoint? here) ? here.Peer : _gone.GetValueOrDefault(endpoint).Peer;

    public PeerList LeechersOf(AddressFamily family) =>
        family == AddressFamily.InterNetworkV6 ? _leechers6 : _leechers4;

    public PeerList SeedsOf(AddressFamily family) => family == AddressFamily.InterNetworkV6 ? _seeds6 : _seeds4;

    /// <summary>The peer of this id, reachable at this endpoint until then; both are made where they are new.</summary>
    /// <remarks>An endpoint has one peer: a client that came back under another id replaces its former self.</remarks>
    public Peer Place(PeerId peerId, IPEndPoint endpoint, long expiresAt)
    {
        if (!_peers.TryGetValue(peerId, out Peer? peer))
            _peers[peerId] = peer = new Peer(peerId);
        bool isIPv6 = endpoint.AddressFamily == AddressFamily.InterNetworkV6;
        PeerEndpoint? current = isIPv6 ? peer.IPv6 : peer.IPv4;
        if (current is null || !current.Endpoint.Equals(endpoint))
        {
            if (_endpoints.TryGetValue(endpoint, out PeerEndpoint? former))
                Release(former);
            if (current is not null)
                Unlink(current);
            current = new PeerEndpoint(peer, endpoint);
            _endpoints[endpoint] = current;
            if (isIPv6)
                peer.IPv6 = current;
            else
                peer.IPv4 = current;
            ListFor(current).Add(current);
        }
        current.ExpiresAt = expiresAt;
        return peer;
    }

    public void SetComplete(Peer peer, bool isComplete)
    {
        if (peer.IsComplete == isComplete)
            return;
        peer.IsComplete = isComplete;
        Seeds += isComplete ? 1 : -1;
        Relist(peer.IPv4);
        Relist(peer.IPv6);
    }

    public void Remove(Peer peer, long now)
    {
        foreach (PeerEndpoint? endpoint in (ReadOnlySpan<PeerEndpoint?>)[peer.IPv4, peer.IPv6])
        {
            if (endpoint is not null)
                _gone[endpoint.Endpoint] = (peer, now + RememberSeconds);
        }
        Remove(peer);
    }

    /// <summary>Lets go of whoever stayed away too long.</summary>
    public void Expire(long now)
    {
        List<PeerEndpoint>? expired = null;
        foreach (PeerEndpoint endpoint in _endpoints.Values)
        {
            if (endpoint.ExpiresAt <= now)
                (expired ??= []).Add(endpoint);
        }
        foreach (PeerEndpoint endpoint in expired ?? [])
            Release(endpoint);
        foreach ((IPEndPoint endpoint, (_, long forgetAt)) in _gone)
        {
            if (forgetAt <= now)
                _gone.Remove(endpoint);
        }
    }

    public void Clear()
    {
        foreach (Peer peer in _peers.Values.ToList())
            Remove(peer);
        _gone.Clear();
    }

    private void Remove(Peer peer)
    {
        if (peer.IPv4 is { } four)
            Release(four);
        if (peer.IPv6 is { } six)
            Release(six);
    }

    private PeerList ListFor(PeerEndpoint endpoint) =>
        endpoint.Peer.IsComplete
            ? SeedsOf(endpoint.Endpoint.AddressFamily)
            : LeechersOf(endpoint.Endpoint.AddressFamily);

    private void Relist(PeerEndpoint? endpoint)
    {
        if (endpoint is null)
            return;
        endpoint.List!.Remove(endpoint);
        ListFor(endpoint).Add(endpoint);
    }

    private void Release(PeerEndpoint endpoint)
    {
        Unlink(endpoint);
        Peer peer = endpoint.Peer;
        if (peer.IPv4 is null && peer.IPv6 is null && _peers.Remove(peer.Id) && peer.IsComplete)
            Seeds--;
    }

    private void Unlink(PeerEndpoint endpoint)
    {
        endpoint.List!.Remove(endpoint);
        _endpoints.Remove(endpoint.Endpoint);
        Peer peer = endpoint.Peer;
        if (ReferenceEquals(peer.IPv4, endpoint))
            peer.IPv4 = null;
        if (ReferenceEquals(peer.IPv6, endpoint))
            peer.IPv6 = null;
    }
}
