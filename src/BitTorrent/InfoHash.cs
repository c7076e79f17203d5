using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Distribution.BitTorrent;

/// <summary>
/// A torrent's 20-byte identity on the wire and at trackers: the SHA-1 of the info dictionary (BEP 3), or the first 20 bytes of its
/// SHA-256 (BEP 52). A value: compares and hashes by its bytes.
/// </summary>
public readonly record struct InfoHash : ISpanParsable<InfoHash>
{
    public const int LengthBytes = TwentyBytes.Length;

    private readonly TwentyBytes _bytes;

    /// <param name="bytes">Exactly 20 bytes.</param>
    /// <exception cref="ArgumentException">Another length.</exception>
    public InfoHash(ReadOnlySpan<byte> bytes) => _bytes = new TwentyBytes(bytes, "An info-hash");

    private InfoHash(TwentyBytes bytes) => _bytes = bytes;

    /// <summary>The v1 info-hash of a bencoded info dictionary (BEP 3).</summary>
    public static InfoHash OfInfoDictionary(ReadOnlySpan<byte> infoDictionary)
    {
        Span<byte> digest = stackalloc byte[LengthBytes];
        SHA1.HashData(infoDictionary, digest);
        return new InfoHash(digest);
    }

    [UnscopedRef]
    public ReadOnlySpan<byte> AsSpan() => _bytes.AsSpan();

    /// <summary>40 lower-case hexadecimal digits.</summary>
    public override string ToString() => _bytes.ToString();

    /// <summary>Parses 40 hexadecimal digits of either case.</summary>
    /// <exception cref="FormatException">Anything else.</exception>
    public static InfoHash Parse(ReadOnlySpan<char> text, IFormatProvider? provider = null) =>
        TryParse(text, provider, out InfoHash hash)
            ? hash
            : throw new FormatException("An info-hash is written as 40 hexadecimal digits.");

    public static InfoHash Parse(string text, IFormatProvider? provider = null) => Parse(text.AsSpan(), provider);

    public static bool TryParse(ReadOnlySpan<char> text, IFormatProvider? provider, out InfoHash result)
    {
        bool parsed = TwentyBytes.TryParse(text, out TwentyBytes bytes);
        result = parsed ? new InfoHash(bytes) : default;
        return parsed;
    }

    public static bool TryParse([NotNullWhen(true)] string? text, IFormatProvider? provider, out InfoHash result) =>
        TryParse(text.AsSpan(), provider, out result);
}
