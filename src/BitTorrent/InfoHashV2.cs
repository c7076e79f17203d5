using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Distribution.BitTorrent;

/// <summary>
/// The 32-byte identity of a v2 or hybrid torrent: the SHA-256 of the info dictionary (BEP 52, "infohash"). Magnet links carry it
/// whole, trackers and handshakes cut to 20 bytes: <see cref="Truncate"/>. A value: compares and hashes by its bytes.
/// </summary>
public readonly record struct InfoHashV2 : ISpanParsable<InfoHashV2>
{
    public const int LengthBytes = ThirtyTwoBytes.Length;

    private readonly ThirtyTwoBytes _bytes;

    /// <param name="bytes">Exactly 32 bytes.</param>
    /// <exception cref="ArgumentException">Another length.</exception>
    public InfoHashV2(ReadOnlySpan<byte> bytes) => _bytes = new ThirtyTwoBytes(bytes, "A v2 info-hash");

    private InfoHashV2(ThirtyTwoBytes bytes) => _bytes = bytes;

    /// <summary>The v2 info-hash of a bencoded info dictionary (BEP 52).</summary>
    public static InfoHashV2 OfInfoDictionary(ReadOnlySpan<byte> infoDictionary)
    {
        Span<byte> digest = stackalloc byte[LengthBytes];
        SHA256.HashData(infoDictionary, digest);
        return new InfoHashV2(digest);
    }

    [UnscopedRef]
    public ReadOnlySpan<byte> AsSpan() => _bytes.AsSpan();

    /// <summary>The first 20 bytes: the torrent's v2 identity at trackers and in handshakes (BEP 52, "trackers", "peer protocol").</summary>
    public InfoHash Truncate() => new(AsSpan()[..InfoHash.LengthBytes]);

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public override string ToString() => _bytes.ToString();

    /// <summary>Parses 64 hexadecimal digits of either case.</summary>
    /// <exception cref="FormatException">Anything else.</exception>
    public static InfoHashV2 Parse(ReadOnlySpan<char> text, IFormatProvider? provider = null) =>
        TryParse(text, provider, out InfoHashV2 hash)
            ? hash
            : throw new FormatException("A v2 info-hash is written as 64 hexadecimal digits.");

    public static InfoHashV2 Parse(string text, IFormatProvider? provider = null) => Parse(text.AsSpan(), provider);

    public static bool TryParse(ReadOnlySpan<char> text, IFormatProvider? provider, out InfoHashV2 result)
    {
        bool parsed = ThirtyTwoBytes.TryParse(text, out ThirtyTwoBytes bytes);
        result = parsed ? new InfoHashV2(bytes) : default;
        return parsed;
    }

    public static bool TryParse([NotNullWhen(true)] string? text, IFormatProvider? provider, out InfoHashV2 result) =>
        TryParse(text.AsSpan(), provider, out result);
}
