using System.Runtime.CompilerServices;
using Distribution.Contracts.Files;
using Distribution.Contracts.Networks;
using Distribution.Silos.Swarms.Networks;
using Distribution.Silos.Swarms.Tables;

namespace Distribution.Silos.Swarms.Selection;

/// <summary>Who is to be told of others.</summary>
internal readonly ref struct Receiver
{
    /// <summary>The peers of its address family.</summary>
    public required FamilyPeers Family { get; init; }

    /// <summary>Its own position there; -1: it is not listed.</summary>
    public required int Position { get; init; }

    /// <summary>False for seeds, partial ones too.</summary>
    public required bool WantsPieces { get; init; }

    public required AddressScope Scope { get; init; }

    public required PeerLocation Location { get; init; }

    /// <summary>What the publisher wants of its swarm.</summary>
    public required PeerPolicy Policy { get; init; }

    /// <summary>Null: no geo database is configured.</summary>
    public required PeerNetworks? Networks { get; init; }

    public required Random Random { get; init; }

    /// <summary>Whether the scopes of all who are here allow that it hears of them; else see <see cref="MayBeTold"/>.</summary>
    public required bool AllMayBeTold { get; init; }

    public bool MayBeTold(int position) => AllMayBeTold || AddressScopes.MayTell(Family.ScopeAt(position), Scope);

    public PeerLocation LocationOf(int position) =>
        PeerLocation.Of(Family.EndpointAt(position), Location.IsIPv6, Family.NetworkAt(position), Networks);

    /// <param name="endpoints">Those of <see cref="Family"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Nearness NearnessOf(in EndpointView endpoints, int position) =>
        Networks is null
            ? Location.To(endpoints.HeadAt(position), 0, null)
            : Location.To(endpoints.HeadAt(position), Family.NetworkAt(position), Networks);
}
