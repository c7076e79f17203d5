using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Distribution.Contracts.Ledgers.Chain;

/// <summary>Checks an instance's signatures. Not for several threads at once.</summary>
public sealed class ChainPublicKey : IDisposable
{
    public const int SignatureHexLength = 128;

    /// <summary>Of a SubjectPublicKeyInfo that names an uncompressed point of P-256.</summary>
    public const int HexLength = 182;

    private readonly ECDsa _key;

    private ChainPublicKey(ECDsa key, byte[] info)
    {
        _key = key;
        Fingerprint = FingerprintOf(info);
    }

    /// <summary>"sha256:" and the hexadecimal SHA-256 of the SubjectPublicKeyInfo.</summary>
    public string Fingerprint { get; }

    public static string FingerprintOf(byte[] subjectPublicKeyInfo) =>
        "sha256:" + Convert.ToHexStringLower(SHA256.HashData(subjectPublicKeyInfo));

    /// <summary>False: that is no public key of P-256.</summary>
    public static bool TryRead(string hex, [NotNullWhen(true)] out ChainPublicKey? key)
    {
        key = null;
        if (hex.Length != HexLength || !hex.All(char.IsAsciiHexDigitLower))
            return false;
        byte[] info = Convert.FromHexString(hex);
        ECDsa? read = null;
        try
        {
            read = ECDsa.Create();
            read.ImportSubjectPublicKeyInfo(info, out int length);
            if (length != info.Length || read.KeySize != 256)
                return false;
            key = new ChainPublicKey(read, info);
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
        finally
        {
            if (key is null)
                read?.Dispose();
        }
    }

    /// <param name="signature">128 hexadecimal digits; anything else is no signature.</param>
    public bool Verifies(ReadOnlySpan<byte> signed, string signature) =>
        signature.Length == SignatureHexLength
        && signature.All(char.IsAsciiHexDigitLower)
        && _key.VerifyData(
            signed,
            Convert.FromHexString(signature),
            HashAlgorithmName.SHA256,
            DSASignatureFormat.IeeeP1363FixedFieldConcatenation
        );

    public void Dispose() => _key.Dispose();
}
