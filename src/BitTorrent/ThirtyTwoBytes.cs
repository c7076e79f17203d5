using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Distribution.BitTorrent;

/// <summary>What v2 info-hashes and merkle hashes have in common: 32 bytes held in place, compared, hashed and written alike.</summary>
[InlineArray(Length)]
internal struct ThirtyTwoBytes : IEquatable<ThirtyTwoBytes>
{
    public const int Length = 32;

    private byte _first;

    /// <param name="bytes">Exactly 32 bytes.</param>
    /// <param name="what">Names the value in the error.</param>
    /// <exception cref="ArgumentException">Another length.</exception>
    public ThirtyTwoBytes(ReadOnlySpan<byte> bytes, string what)
    {
        if (bytes.Length != Length)
            throw new ArgumentException($"{what} has {Length} bytes, not {bytes.Length}.", nameof(bytes));
        bytes.CopyTo(this);
    }

    [UnscopedRef]
    public readonly ReadOnlySpan<byte> AsSpan() => MemoryMarshal.CreateReadOnlySpan(in _first, Length);

    public readonly bool Equals(ThirtyTwoBytes other) => AsSpan().SequenceEqual(other.AsSpan());

    public override readonly bool Equals([NotNullWhen(true)] object? obj) =>
        obj is ThirtyTwoBytes other && Equals(other);

    // Strangers choose these bytes. The hash of text is keyed per process, so they cannot aim at one bucket.
    public override readonly int GetHashCode() => string.GetHashCode(MemoryMarshal.Cast<byte, char>(AsSpan()));

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public override readonly string ToString() => Convert.ToHexStringLower(AsSpan());

    /// <summary>Parses 64 hexadecimal digits of either case; anything else is refused.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out ThirtyTwoBytes result)
    {
        result = default;
        Span<byte> bytes = result;
        return text.Length == 2 * Length && Convert.FromHexString(text, bytes, out _, out _) == OperationStatus.Done;
    }
}
