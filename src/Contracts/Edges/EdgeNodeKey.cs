using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Distribution.Contracts.Edges;

/// <summary>The key of one node: what it shows as bearer, and what the server keeps of it.</summary>
public static class EdgeNodeKey
{
    public const string Prefix = "dst_node_";

    private const int SecretBytes = 32;

    /// <summary>A new one, of 256 random bits.</summary>
    public static string Create() => NewSecret(Prefix);

    /// <summary>A prefix and 43 characters, of 256 random bits.</summary>
    public static string NewSecret(string prefix) =>
        prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));

    /// <summary>SHA-256 of its text, 64 hexadecimal digits in lower case. A secret of 256 random bits needs no salt.</summary>
    public static string DigestOf(string secret) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}
