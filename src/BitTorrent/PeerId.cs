using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Distribution.BitTorrent;

/// <summary>
/// The 20 bytes by which a client names itself to trackers and peers (BEP 3; BEP 20 for the conventional prefix, "-XX1234-").
/// A value: compares and hashes by its bytes.
/// </summary>
[InlineArray(LengthBytes)]
[SuppressMessage("Usage", "CA2231:Overload operator equals", Justification = "They are overloaded below.")]
public struct PeerId : IEquatable<PeerId>, ISpanParsable<PeerId>
{
    public const int LengthBytes = 20;

    private byte _first;

    /// <param name="bytes">Exactly 20 bytes.</param>
    /// <exception cref="ArgumentException">Another length.</exception>
    public PeerId(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != LengthBytes)
            throw new ArgumentException($"A peer id has {LengthBytes} bytes, not {bytes.Length}.", nameof(bytes));
        bytes.CopyTo(this);
    }

    /// <summary>A new id: the given eight-byte client prefix (BEP 20), then twelve random bytes.</summary>
    public static PeerId Create(ReadOnlySpan<byte> prefix)
    {
        Span<byte> id = stackalloc byte[LengthBytes];
        RandomNumberGenerator.Fill(id);
        prefix.CopyTo(id);
        return new PeerId(id);
    }

    [UnscopedRef]
    public readonly ReadOnlySpan<byte> AsSpan() => MemoryMarshal.CreateReadOnlySpan(in _first, LengthBytes);

    public readonly bool Equals(PeerId other) => AsSpan().SequenceEqual(other.AsSpan());

    public override readonly bool Equals([NotNullWhen(true)] object? obj) => obj is PeerId other && Equals(other);

    // Strangers choose these bytes: HashCode is seeded per process, so they cannot aim at one bucket.
    public override readonly int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(AsSpan());
        return hash.ToHashCode();
    }

    public static bool operator ==(PeerId left, PeerId right) => left.Equals(right);

    public static bool operator !=(PeerId left, PeerId right) => !left.Equals(right);

    /// <summary>40 lower-case hexadecimal digits.</summary>
    public override readonly string ToString() => Convert.ToHexStringLower(AsSpan());

    /// <summary>Parses 40 hexadecimal digits.</summary>
    /// <exception cref="FormatException">Anything else.</exception>
    public static PeerId Parse(ReadOnlySpan<char> text, IFormatProvider? provider = null) =>
        TryParse(text, provider, out PeerId hash)
            ? hash
            : throw new FormatException("A peer id is written as 40 hexadecimal digits.");

    public static PeerId Parse(string text, IFormatProvider? provider = null) => Parse(text.AsSpan(), provider);

    public static bool TryParse(ReadOnlySpan<char> text, IFormatProvider? provider, out PeerId result)
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
        result = new PeerId(bytes);
        return true;
    }

    public static bool TryParse([NotNullWhen(true)] string? text, IFormatProvider? provider, out PeerId result) =>
        TryParse(text.AsSpan(), provider, out result);
}
