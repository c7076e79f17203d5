using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;

namespace Distribution.Silos.Announces;

/// <summary>
/// Connection ids of the UDP tracker (BEP 15): a keyed MAC over the sender's address, so that only who receives at an address can announce
/// from it, and nothing has to be kept per client. The key changes each minute; the one before is still taken, so that an id lives for one to
/// two minutes. Minutes' keys come from a random secret. In a cluster all silos have the same one: an id of any of them holds at all, a
/// minute longer where their clocks differ. Any thread.
/// </summary>
/// <param name="secret">At least 32 random bytes.</param>
internal sealed class UdpConnectionIds(TimeProvider clock, byte[] secret)
{
    public const int SecretBytes = 32;

    private const int PeriodSeconds = 60;

    private readonly Lock _gate = new();
    private UdpConnectionKeys _keys = new(long.MinValue, [], [], []);

    public ulong Issue(IPEndPoint client)
    {
        Span<byte> address = stackalloc byte[16];
        client.Address.TryWriteBytes(address, out int written);
        return Keys().Issue(address[..written]);
    }

    public bool IsValid(ulong connectionId, IPEndPoint client)
    {
        Span<byte> address = stackalloc byte[16];
        client.Address.TryWriteBytes(address, out int written);
        return Keys().IsValid(connectionId, address[..written]);
    }

    /// <summary>The keys that hold now.</summary>
    public UdpConnectionKeys Keys()
    {
        long period = clock.GetUtcNow().ToUnixTimeSeconds() / PeriodSeconds;
        UdpConnectionKeys keys = Volatile.Read(ref _keys);
        if (keys.Period == period)
            return keys;
        lock (_gate)
        {
            keys = _keys;
            if (keys.Period != period)
                _keys = keys = new UdpConnectionKeys(period, KeyOf(period), KeyOf(period - 1), KeyOf(period + 1));
            return keys;
        }
    }

    private byte[] KeyOf(long period)
    {
        Span<byte> minute = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(minute, period);
        return HMACSHA256.HashData(secret, minute)[..SipHash.KeyBytes];
    }
}
