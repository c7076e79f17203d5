using System.Net;
using System.Security.Cryptography;

namespace Distribution.Silos.Announces;

/// <summary>
/// Connection ids of the UDP tracker (BEP 15): a keyed MAC over the sender's address, so that only who receives at an address can announce
/// from it, and nothing has to be kept per client. The key is random and changes each minute; the one before is still taken, so that an
/// id lives for one to two minutes. Any thread.
/// </summary>
internal sealed class UdpConnectionIds(TimeProvider clock)
{
    private const int PeriodSeconds = 60;

    private readonly Lock _gate = new();
    private UdpConnectionKeys _keys = new(long.MinValue, [], []);

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
            {
                bool follows = keys.Period == period - 1;
                byte[] previous = follows ? keys.Current : NewKey();
                _keys = keys = new UdpConnectionKeys(period, NewKey(), previous);
            }
            return keys;
        }
    }

    private static byte[] NewKey() => RandomNumberGenerator.GetBytes(SipHash.KeyBytes);
}
