using System.Net;
using Distribution.Contracts.Files;
using Distribution.Silos.Swarms;
using Distribution.Silos.Swarms.Networks;
using Distribution.Silos.Swarms.Selection;
using Distribution.Silos.Swarms.Tables;
using Distribution.Silos.Tests.Ledgers;

namespace Distribution.Silos.Tests.Swarms.Selection;

/// <summary>A swarm's table and the policies on it, without announces around them.</summary>
internal sealed class SelectedSwarm(SelectionOptions options, PeerNetworks? networks = null, int seed = 1)
{
    private readonly SwarmSelection _selection = new(SelectionPolicies.Of(options), networks, new ToldPeers());
    private readonly Random _random = new(seed);

    public SelectedSwarm()
        : this(new SelectionOptions()) { }

    public SwarmPeers Peers { get; } = new();

    public SwarmEdges Edges { get; } = new();

    public PeerPolicy Policy { get; set; } = PeerPolicy.Everyone;

    public FamilyPeers Four => Peers.OfFamily(isIPv6: false)!;

    /// <param name="held">Share of the file, from 0 to 1; 1: a seed.</param>
    public void Add(string endpoint, double held = 0.5)
    {
        var wire = WireEndpoint.Of(IPEndPoint.Parse(endpoint));
        int position = Peers.Place(LedgerHarness.Peer(endpoint), wire, isSeed: held >= 1, known: -1);
        FamilyPeers family = Peers.OfFamily(wire.IsIPv6)!;
        family[position].ExpiresAt = uint.MaxValue;
        if (held < 1)
            Peers.SetHeld(family, position, (int)(held * SwarmPeers.WholeShare));
        _selection.Follow(ReceiverOf(endpoint));
    }

    public void Leave(string endpoint)
    {
        Peers.Leave(LedgerHarness.Peer(endpoint), 0);
        Peers.Sweep(SwarmPeers.RememberSeconds + 1, int.MaxValue);
    }

    /// <param name="wantsPieces">Null: as its section says.</param>
    public Receiver ReceiverOf(string endpoint, bool? wantsPieces = null)
    {
        var wire = WireEndpoint.Of(IPEndPoint.Parse(endpoint));
        FamilyPeers family = Peers.OfFamily(wire.IsIPv6)!;
        int position = family.Find(LedgerHarness.Peer(endpoint));
        return _selection.ReceiverOf(
            family,
            position,
            wantsPieces ?? position < family.Leechers,
            wire.Address,
            Policy,
            _random
        );
    }

    /// <summary>Whom it is told of, in the order of the reply.</summary>
    public string[] Tell(string endpoint, int numWant = 50, bool? wantsPieces = null)
    {
        Receiver receiver = ReceiverOf(endpoint, wantsPieces);
        byte[] reply = new byte[200 * CompactBytes(receiver.Family)];
        int written = _selection.For(receiver, Edges).Write(numWant, reply);
        return
        [
            .. reply
                .Take(written)
                .Chunk(CompactBytes(receiver.Family))
                .Select(static one => WireEndpoint.Read(one).ToString()),
        ];
    }

    private static int CompactBytes(FamilyPeers family) => family.EndpointBytes;
}
