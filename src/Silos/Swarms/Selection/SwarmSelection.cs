using System.Net;
using Distribution.BitTorrent;
using Distribution.Contracts.Files;
using Distribution.Contracts.Networks;
using Distribution.Silos.Holdouts;
using Distribution.Silos.Swarms.Networks;
using Distribution.Silos.Swarms.Tables;

namespace Distribution.Silos.Swarms.Selection;

/// <summary>What a shard's swarms select by, and what they have told. Whoever owns the swarms uses it, one thread at a time.</summary>
/// <param name="networks">Null: no geo database is configured.</param>
/// <param name="holdouts">Who is kept from peers; null: nobody.</param>
internal sealed class SwarmSelection(
    SelectionPolicies policies,
    PeerNetworks? networks,
    ToldPeers told,
    Action<ToldPeers>? closed = null,
    PeerSwitches? switches = null,
    HoldoutDraw? holdouts = null
)
{
    /// <summary>With the default policies, and counted by nobody.</summary>
    public static SwarmSelection ByDefault() =>
        new(SelectionPolicies.Of(new SelectionOptions()), null, new ToldPeers());

    public PeerNetworks? Networks => networks;

    /// <summary>What the operator has switched off.</summary>
    public PeerSwitches Switches { get; } = switches ?? new PeerSwitches();

    /// <summary>Whether a viewer of a file is kept from peers, to compare.</summary>
    /// <param name="address">4 or 16 bytes.</param>
    public bool IsHeldOut(string publisherId, InfoHash infoHash, scoped ReadOnlySpan<byte> address) =>
        holdouts is not null
        && holdouts.PercentOf(publisherId) > 0
        && holdouts.Includes(publisherId, infoHash, new IPAddress(address));

    /// <inheritdoc cref="IsHeldOut(string, InfoHash, ReadOnlySpan{byte})"/>
    public bool IsHeldOut(string publisherId, InfoHash infoHash, IPAddress address) =>
        holdouts is not null && holdouts.Includes(publisherId, infoHash, address);

    /// <param name="position">-1: it is not listed.</param>
    /// <param name="address">4 or 16 bytes.</param>
    public Receiver ReceiverOf(
        FamilyPeers family,
        int position,
        bool wantsPieces,
        scoped ReadOnlySpan<byte> address,
        PeerPolicy policy,
        Random random
    )
    {
        AddressScope scope = AddressScopes.ScopeOf(address);
        return new Receiver
        {
            Family = family,
            Position = position,
            WantsPieces = wantsPieces,
            Scope = scope,
            AllMayBeTold = family.AllMayBeTold(scope),
            Location = PeerLocation.Of(
                address,
                family.IsIPv6,
                networks is null ? (ushort)0 : NetworkOf(family, position, address, networks),
                networks
            ),
            Policy = policy,
            Networks = networks,
            Random = random,
        };
    }

    /// <summary>Remembers of one that has announced what the policies want to know later.</summary>
    public void Follow(in Receiver receiver)
    {
        if (receiver.Position >= 0)
            policies.Follow(receiver);
    }

    /// <param name="edges">Null: none.</param>
    public PeerSelection For(scoped in Receiver receiver, SwarmEdges? edges) => new(receiver, edges, policies, told);

    /// <summary>Of other viewers alone, and counted apart: nobody is told of what is selected.</summary>
    public PeerSelection Try(scoped in Receiver receiver, ToldPeers counted) => new(receiver, null, policies, counted);

    /// <summary>Nothing is selected any more.</summary>
    public void Close() => closed?.Invoke(told);

    /// <summary>Looked up once for each endpoint.</summary>
    private static ushort NetworkOf(
        FamilyPeers family,
        int position,
        scoped ReadOnlySpan<byte> address,
        PeerNetworks networks
    )
    {
        if (position < 0)
            return networks.Find(address);
        ushort network = family.NetworkAt(position);
        if (network == 0)
        {
            network = networks.Find(address);
            family.SetNetwork(position, network);
        }
        return network;
    }
}
