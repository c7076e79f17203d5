using System.Security.Cryptography;

namespace Distribution.BitTorrent.Encryption;

/// <summary>One side's half of the Diffie-Hellman exchange of message stream encryption: generator 2, a prime of 768 bits, a private key of 160.</summary>
public sealed class KeyExchange
{
    /// <summary>Of public keys and the secret, in bytes.</summary>
    public const int KeyBytes = Montgomery768.NumberBytes;

    private const int PrivateKeyBytes = 20;

    private readonly byte[] _privateKey;

    /// <summary>With a new private key.</summary>
    public KeyExchange()
        : this(RandomNumberGenerator.GetBytes(PrivateKeyBytes)) { }

    internal KeyExchange(byte[] privateKey) => _privateKey = privateKey;

    /// <param name="publicKey">96 bytes, big-endian.</param>
    public void WritePublicKey(Span<byte> publicKey) => Montgomery768.PowerOfTwo(_privateKey, publicKey[..KeyBytes]);

    /// <summary>False: the other side's key is one with which the secret is no secret.</summary>
    /// <param name="theirs">96 bytes.</param>
    /// <param name="secret">96 bytes, big-endian.</param>
    public bool TryWriteSecret(ReadOnlySpan<byte> theirs, Span<byte> secret)
    {
        if (!Montgomery768.IsUsable(theirs))
            return false;
        Montgomery768.Power(theirs[..KeyBytes], _privateKey, secret[..KeyBytes]);
        return true;
    }
}
