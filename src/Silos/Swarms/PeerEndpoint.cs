using System.Net;

namespace Distribution.Silos.Swarms;

/// <summary>Where one peer is reached over one address family.</summary>
internal sealed class PeerEndpoint(Peer peer, IPEndPoint endpoint)
{
    public Peer Peer { get; } = peer;

    public IPEndPoint Endpoint { get; } = endpoint;

    public AddressScope Scope { get; } = AddressScopes.ScopeOf(endpoint.Address);

    /// <summary>Unix time in seconds.</summary>
    public long ExpiresAt { get; set; }

    /// <summary>The list that holds it, and where in it.</summary>
    public PeerList? List { get; set; }

    public int Slot { get; set; }
}
