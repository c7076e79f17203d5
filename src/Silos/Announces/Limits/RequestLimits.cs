using System.Buffers.Binary;
using System.Security.Cryptography;
using Distribution.Contracts.Networks;

namespace Distribution.Silos.Announces.Limits;

/// <summary>
/// Bounds what one address and its network take of the tracker: two token buckets for each request, of IPv4 for the address and its /24, of
/// IPv6 for the /64 and the /48. 2 MiB, whoever comes. A refusal is told by each transport in its own way. Any thread, no lock, no allocation.
/// </summary>
/// <remarks>
/// Connects over UDP have buckets of their own: their source may be forged, and must not use up what a real viewer there may announce. The
/// key is random, so that nobody can choose addresses that share a line with another's.
/// </remarks>
internal sealed class RequestLimits
{
    private const int Lines = 1 << 15;
    private const int QuartersPerAnnounce = 4;

    /// <summary>So that at the highest rate a quarter of an announce costs one.</summary>
    private const long StepsPerSecond = (long)QuartersPerAnnounce * RequestLimitOptions.MostPerSecond;
    private const ulong NetworkDomain = 1UL << 32;
    private const ulong UnprovenDomain = 1UL << 33;

    private readonly TimeProvider _clock;
    private readonly long _start;
    private readonly bool _includesLocal;
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(SipHash.KeyBytes);
    private readonly ulong _mixKey;
    private readonly PrefixBuckets _buckets = new(Lines);
    private readonly long _addressCost;
    private readonly long _networkCost;
    private readonly long _burst;
    private readonly long[] _refused = new long[(int)RequestTransport.WebSocket + 1];

    public RequestLimits(RequestLimitOptions options, TimeProvider clock)
    {
        _clock = clock;
        _start = clock.GetTimestamp();
        _includesLocal = options.IncludesLocal;
        _mixKey = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ulong))) | 1;
        IsOn = options.AnnouncesPerSecond > 0;
        _addressCost = CostOf(Math.Max(1, options.AnnouncesPerSecond));
        _networkCost = CostOf(options.AnnouncesPerSecondOfNetwork);
        _burst = options.BurstSeconds * StepsPerSecond;
    }

    public bool IsOn { get; }

    /// <summary>What the buckets take, whatever comes.</summary>
    public long Bytes => _buckets.Bytes;

    /// <summary>For several requests that came together.</summary>
    public long Now => IsOn ? _clock.GetElapsedTime(_start).Ticks * 2 / 5 : 0;

    /// <summary>Refused so far.</summary>
    public long Refused(RequestTransport transport) => Interlocked.Read(ref _refused[(int)transport]);

    /// <summary>Charges a request. 0: go on; else it is to be refused, and may come again after so many seconds.</summary>
    /// <param name="address">4 or 16 bytes: the connection's or packet's source.</param>
    /// <param name="quarters">See <see cref="RequestCost"/>.</param>
    public int Take(ReadOnlySpan<byte> address, int quarters, RequestTransport transport) =>
        IsOn ? Take(address, quarters, transport, Now) : 0;

    /// <param name="now">See <see cref="Now"/>.</param>
    /// <inheritdoc cref="Take(ReadOnlySpan{byte}, int, RequestTransport)"/>
    public int Take(ReadOnlySpan<byte> address, int quarters, RequestTransport transport, long now) =>
        Take(address, quarters, transport, now, domain: 0);

    /// <summary>Undoes what <see cref="Take(ReadOnlySpan{byte}, int, RequestTransport)"/> has just charged: another will charge it.</summary>
    public void GiveBack(ReadOnlySpan<byte> address, int quarters)
    {
        if (!TryFind(address, domain: 0, out ulong own, out ulong network))
            return;
        _buckets.GiveBack(own, Math.Min(_burst, quarters * _addressCost));
        _buckets.GiveBack(network, Math.Min(_burst, quarters * _networkCost));
    }

    /// <summary>Charges a UDP connect; false: leave it unanswered.</summary>
    public bool TakeConnect(ReadOnlySpan<byte> address, long now) =>
        Take(address, RequestCost.Connect, RequestTransport.Udp, now, UnprovenDomain) == 0;

    private int Take(ReadOnlySpan<byte> address, int quarters, RequestTransport transport, long now, ulong domain)
    {
        if (!TryFind(address, domain, out ulong own, out ulong network))
            return 0;
        // However much one asks for at once: a full bucket is enough.
        long addressCost = Math.Min(_burst, quarters * _addressCost);
        long wait = _buckets.Take(own, now, addressCost, _burst);
        if (wait == 0)
        {
            long networkCost = Math.Min(_burst, quarters * _networkCost);
            wait = _buckets.Take(network, now, networkCost, _burst);
        }
        if (wait == 0)
            return 0;
        Interlocked.Increment(ref _refused[(int)transport]);
        return (int)Math.Min(int.MaxValue, 1 + wait / StepsPerSecond);
    }

    /// <summary>The buckets of an address and of its network; false: it has none.</summary>
    private bool TryFind(ReadOnlySpan<byte> address, ulong domain, out ulong own, out ulong network)
    {
        (own, network) = (0, 0);
        if (!IsOn || (!_includesLocal && IsLocal(address)))
            return false;
        if (address.StartsWith(MappedIPv4))
            address = address[MappedIPv4.Length..];
        bool isIPv6 = address.Length > sizeof(uint);
        ulong prefix = SipHash.Compute(_key, address[..(isIPv6 ? 6 : 3)]);
        ulong rest = isIPv6 ? (ulong)address[6] << 8 | address[7] : address[3];
        own = Mix(prefix, rest | domain);
        network = Mix(prefix, NetworkDomain | domain);
        return true;
    }

    private static ReadOnlySpan<byte> MappedIPv4 => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

    private static bool IsLocal(ReadOnlySpan<byte> address) =>
        AddressScopes.ScopeOf(address) is AddressScope.Loopback or AddressScope.Private or AddressScope.LinkLocal;

    private static long CostOf(int announcesPerSecond) =>
        StepsPerSecond / (QuartersPerAnnounce * (long)announcesPerSecond);

    /// <summary>A hash of the part behind the network's own, which nobody but us knows.</summary>
    private ulong Mix(ulong network, ulong rest)
    {
        ulong high = Math.BigMul(network ^ (rest * 0x9e3779b97f4a7c15), _mixKey, out ulong low);
        return high ^ low;
    }
}
