using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using Distribution.Silos.Swarms.Networks;

namespace Distribution.Silos.Swarms.Selection;

/// <summary>Where a peer is in the Internet, in what can be compared within nanoseconds.</summary>
/// <param name="Head">The first 64 bits of its address; an IPv4 address is the upper half.</param>
/// <param name="Network">Its autonomous system by <see cref="PeerNetworks"/>; 0: not known.</param>
/// <param name="Country">0: not known.</param>
internal readonly record struct PeerLocation(ulong Head, bool IsIPv6, ushort Network, ushort Country)
{
    private const int HouseholdBits = 64;

    public int PrefixBits => IsIPv6 ? 48 : 24;

    public int WidePrefixBits => IsIPv6 ? 32 : 16;

    /// <param name="address">4 or 16 bytes; more may follow.</param>
    /// <param name="network">As <see cref="PeerNetworks.Find"/> said.</param>
    public static PeerLocation Of(ReadOnlySpan<byte> address, bool isIPv6, ushort network, PeerNetworks? networks) =>
        networks is null
            ? new(HeadOf(address, isIPv6), isIPv6, 0, 0)
            : new(
                HeadOf(address, isIPv6),
                isIPv6,
                networks.HasSystem(network) ? network : (ushort)0,
                networks.CountryOf(network)
            );

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong HeadOf(ReadOnlySpan<byte> address, bool isIPv6) =>
        isIPv6
            ? BinaryPrimitives.ReadUInt64BigEndian(address)
            : (ulong)BinaryPrimitives.ReadUInt32BigEndian(address) << 32;

    /// <param name="head">Of the other, who is of the same address family.</param>
    /// <param name="network">The other's, as it was found.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Nearness To(ulong head, ushort network, PeerNetworks? networks)
    {
        int alike = BitOperations.LeadingZeroCount(Head ^ head);
        if (alike >= PrefixBits)
            return alike == HouseholdBits ? Nearness.Household : Nearness.Prefix;
        if (Network != 0 && Network == network)
            return Nearness.AutonomousSystem;
        if (alike >= WidePrefixBits)
            return Nearness.WidePrefix;
        return Country != 0 && networks!.CountryOf(network) == Country ? Nearness.Country : Nearness.Other;
    }
}
