using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Distribution.BitTorrent;

/// <summary>
/// A torrent's 20-byte identity on the wire and at trackers: the SHA-1 of the info dictionary (BEP 3), or the first 20 bytes of its
/// SHA-256 (BEP 52). A value: compares and hashes by its bytes.
/// </summary>
[InlineArray(LengthBytes)]
[SuppressMessage("Usage", "CA2231:Overload operator equals", Justification = "They are overloaded below.")]
public struct InfoHash : IEquatable<InfoHash>, ISpanParsable<InfoHash>
{
    public const int LengthBytes = 20;

    private byte _first;

    /// <param name="bytes">Exactly 20 bytes.</param>
    /// <exception cref="ArgumentException">Another length.</exception>
    public InfoHash(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != LengthBytes)
            throw new ArgumentException($"An info-hash has {LengthBytes} bytes, not {bytes.Length}.", nameof(bytes));
        bytes.CopyTo(this);
    }

    /// <summary>The v1 info-hash of a bencoded info dictionary (BEP 3).</summary>
    public static InfoHash OfInfoDictionary(ReadOnlySpan<byte> infoDictionary)
    {
        Span<byte> digest = stackalloc byte[LengthBytes];
        SHA1.HashData(infoDictionary, digest);
        return new InfoHash(digest);
    }

    [UnscopedRef]
    public readonly ReadOnlySpan<byte> AsSpan() => MemoryMarshal.CreateReadOnlySpan(in _first, LengthBytes);

    public readonly bool Equals(InfoHash other) => AsSpan().SequenceEqual(other.AsSpan());

    public override readonly bool Equals([NotNullWhen(true)] object? obj) => obj is InfoHash other && Equals(other);

    // The bytes are a digest, so any eight of them are a good hash of honest input; dictionaries that strangers can fill
    // with made-up hashes must bound themselves.
    public override readonly int GetHashCode() => HashCode.Combine(MemoryMarshal.Read<ulong>(AsSpan()[4..]));

    public static bool operator ==(InfoHash left, InfoHash right) => left.Equals(right);

    public static bool operator !=(InfoHash left, InfoHash right) => !left.Equals(right);

    /// <summary>40 lower-case hexadecimal digits.</summary>
    public override readonly string ToString() => Convert.ToHexStringLower(AsSpan());

    /// <summary>Parses 40 hexadecimal digits.</summary>
    /// <exception cref="FormatException">Anything else.</exception>
    public static InfoHash Parse(ReadOnlySpan<char> text, IFormatProvider? provider = null) =>
        TryParse(text, provider, out InfoHash hash)
            ? hash
            : throw new FormatException("An info-hash is written as 40 hexadecimal digits.");

    public static InfoHash Parse(string text, IFormatProvider? provider = null) => Parse(text.AsSpan(), provider);

    public static bool TryParse(ReadOnlySpan<char> text, IFormatProvider? provider, out InfoHash result)
    {
        result = default;
        if (text.Length != 2 * LengthBytes)
            return false;
        Span<byte> bytes = stackalloc byte[LengthBytes];
        if (
            Convert.FromHexString(text, bytes, out _, out int written) != System.Buffers.OperationStatus.Done
            || written != LengthBytes
        )
            return false;
        result = new InfoHash(bytes);
        return true;
    }

    public static bool TryParse([NotNullWhen(true)] string? text, IFormatProvider? provider, out InfoHash result) =>
        TryParse(text.AsSpan(), provider, out result);
}
