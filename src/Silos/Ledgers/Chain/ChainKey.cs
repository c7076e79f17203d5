using System.Buffers.Binary;
using System.Security.Cryptography;
using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Ledgers.Chain;

namespace Distribution.Silos.Ledgers.Chain;

/// <summary>The instance's private key, ECDSA P-256: signs the chain, and makes the names that stand for viewers there.</summary>
public sealed class ChainKey : IDisposable
{
    private readonly ECDsa _key;
    private readonly ChainPublicKey _publicKey;
    private readonly byte[] _namingSecret;
    private readonly Lock _lock = new();

    private ChainKey(ECDsa key)
    {
        _key = key;
        byte[] info = key.ExportSubjectPublicKeyInfo();
        PublicKey = Convert.ToHexStringLower(info);
        if (!ChainPublicKey.TryRead(PublicKey, out ChainPublicKey? publicKey))
            throw new InvalidDataException("The key is no key of P-256.");
        _publicKey = publicKey;
        Public = new LedgerKey(key.ExportSubjectPublicKeyInfoPem(), publicKey.Fingerprint);
        _namingSecret = HKDF.DeriveKey(
            HashAlgorithmName.SHA256,
            key.ExportParameters(includePrivateParameters: true).D!,
            32,
            info: "distribution ledger viewers"u8.ToArray()
        );
    }

    /// <summary>As <see cref="ChainStart.PublicKey"/> has it.</summary>
    public string PublicKey { get; }

    public LedgerKey Public { get; }

    public static string NewPem()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportPkcs8PrivateKeyPem() + "\n";
    }

    /// <exception cref="InvalidDataException">That is no private key of P-256.</exception>
    public static ChainKey FromPem(string pem)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            return new ChainKey(key);
        }
        catch (Exception fault) when (fault is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new InvalidDataException($"That is no private key in PEM: {fault.Message}", fault);
        }
    }

    /// <summary>Answers the signature, 128 hexadecimal digits.</summary>
    public string Sign(byte[] bytes)
    {
        lock (_lock)
            return Convert.ToHexStringLower(
                _key.SignData(bytes, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation)
            );
    }

    public bool Signed(ReadOnlySpan<byte> bytes, string signature)
    {
        lock (_lock)
            return _publicKey.Verifies(bytes, signature);
    }

    /// <summary>The name that stands for a viewer of a file in the chain: who has no key can neither tell nor try who it is.</summary>
    public UInt128 NameOf(long fileKey, ReadOnlySpan<byte> viewer)
    {
        Span<byte> text = stackalloc byte[sizeof(long) + viewer.Length];
        BinaryPrimitives.WriteInt64BigEndian(text, fileKey);
        viewer.CopyTo(text[sizeof(long)..]);
        Span<byte> name = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_namingSecret, text, name);
        return BinaryPrimitives.ReadUInt128BigEndian(name);
    }

    public void Dispose()
    {
        _key.Dispose();
        _publicKey.Dispose();
    }
}
