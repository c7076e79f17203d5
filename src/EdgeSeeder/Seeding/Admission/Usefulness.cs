using System.Net;
using Distribution.BitTorrent.Wire;

namespace Distribution.EdgeSeeder.Seeding.Admission;

/// <summary>
/// Who keeps a place when all are taken, the first rule counting most: those of an address that has fewer connections, those that want
/// something, those whom BEP 40 prefers.
/// </summary>
internal readonly record struct Usefulness(int ConnectionsOfAddress, bool IsWanting, uint Priority)
    : IComparable<Usefulness>
{
    /// <param name="own">Our end of the newcomer's connection; another address of ours would only change the order among equals.</param>
    public static Usefulness Of(PeerConnection peer, IPEndPoint own) =>
        new(peer.Household.Connections, peer.IsInterested || !peer.IsGreeted, PeerPriority.Of(own, peer.Remote));

    public int CompareTo(Usefulness other)
    {
        int byAddress = other.ConnectionsOfAddress.CompareTo(ConnectionsOfAddress);
        if (byAddress != 0)
            return byAddress;
        int byWant = IsWanting.CompareTo(other.IsWanting);
        return byWant != 0 ? byWant : Priority.CompareTo(other.Priority);
    }

    public static bool operator <(Usefulness left, Usefulness right) => left.CompareTo(right) < 0;

    public static bool operator >(Usefulness left, Usefulness right) => left.CompareTo(right) > 0;

    public static bool operator <=(Usefulness left, Usefulness right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Usefulness left, Usefulness right) => left.CompareTo(right) >= 0;
}
