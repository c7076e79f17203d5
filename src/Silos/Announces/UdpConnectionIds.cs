using System.Buffers.Binary;
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
    private const int KeyBytes = 32;
    private const int PeriodSeconds = 60;

    private readonly Lock _gate = new();
    private Keys _keys = new(long.MinValue, [], []);

    public ulong Issue(IPEndPoint client) => Sign(CurrentKeys().Current, client);

    public bool IsValid(ulong connectionId, IPEndPoint client)
    {
        Keys keys = CurrentKeys();
        return connectionId == Sign(keys.Current, client) || connectionId == Sign(keys.Previous, client);
    }

    private static ulong Sign(byte[] key, IPEndPoint client)
    {
        Span<byte> message = stackalloc byte[16];
        client.Address.TryWriteBytes(message, out int written);
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, message[..written], mac);
        return BinaryPrimitives.ReadUInt64BigEndian(mac);
    }

    private Keys CurrentKeys()
    {
        long period = clock.GetUtcNow().ToUnixTimeSeconds() / PeriodSeconds;
        Keys keys = Volatile.Read(ref _keys);
        if (keys.Period == period)
            return keys;
        lock (_gate)
        {
            keys = _keys;
            if (keys.Period != period)
            {
                bool follows = keys.Period == period - 1;
                byte[] previous = follows ? keys.Current : RandomNumberGenerator.GetBytes(KeyBytes);
                _keys = keys = new Keys(period, RandomNumberGenerator.GetBytes(KeyBytes), previous);
            }
            return keys;
        }
    }

    private sealed record Keys(long Period, byte[] Current, byte[] Previous);
}
