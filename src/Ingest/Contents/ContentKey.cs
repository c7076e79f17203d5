using System.Buffers;
using System.Globalization;
using Distribution.Contracts.Files;

namespace Distribution.Ingest.Contents;

/// <summary>What two files with the same bytes have in common: SHA-256 and size, "{64 hexadecimal digits}-{bytes}".</summary>
internal static class ContentKey
{
    private const int Sha256Digits = 64;

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    /// <exception cref="ArgumentException">The facts name no SHA-256.</exception>
    public static string Of(FileContent content, long sizeBytes)
    {
        string sha256 = content.Sha256.ToLowerInvariant();
        if (sha256.Length != Sha256Digits || sha256.AsSpan().ContainsAnyExcept(Digits))
            throw new ArgumentException($"\"{content.Sha256}\" is no SHA-256.", nameof(content));
        return string.Create(CultureInfo.InvariantCulture, $"{sha256}-{sizeBytes}");
    }
}
