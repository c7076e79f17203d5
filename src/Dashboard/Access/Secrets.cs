using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Distribution.Dashboard.Access;

/// <summary>Random secrets that are shown once, and the digests that are kept of them.</summary>
internal static class Secrets
{
    private const int SecretBytes = 32;

    /// <summary>Of <see cref="Create"/>, in base64url.</summary>
    public const int Length = 43;

    /// <summary>256 random bits.</summary>
    public static string Create() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));

    /// <summary>128 random bits, for names that may be seen.</summary>
    public static string CreateId() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>SHA-256: what has 256 random bits needs no salt and no slow hash.</summary>
    public static string Digest(string secret) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}
