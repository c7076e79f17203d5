using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Distribution.BitTorrent;

/// <summary>What info-hashes and peer ids have in common: 20 bytes held in place, compared, hashed and written alike.</summary>
[InlineArray(Length)]
internal struct TwentyBytes : IEquatable<TwentyBytes>
{
    public const int Length = 20;

    private byte _first;

    /// <param name="bytes">Exactly 20 bytes.</param>
    /// <param name="what">Names the value in the error.</param>
    /// <exception cref="ArgumentException">Another length.</exception>
    public TwentyBytes(ReadOnlySpan<byte> bytes, string what)
    {
        if (bytes.Length != Length)
            throw new ArgumentException($"{what} has {Length} bytes, not {bytes.Length}.", nameof(bytes));
        bytes.CopyTo(this);
    }

    [UnscopedRef]
    public readonly ReadOnlySpan<byte> AsSpan() => MemoryMarshal.CreateReadOnlySpan(in _first, Length);

    public readonly bool Equals(TwentyBytes other) => AsSpan().SequenceEqual(other.AsSpan());

    public override readonly bool Equals([NotNullWhen(true)] object? obj) => obj is TwentyBytes other && Equals(other);

    // Strangers choose these bytes. The hash of text is keyed per process, so they cannot aim at one bucket; HashCode's seed does
    // not keep them from it.
    public override readonly int GetHashCode() => string.GetHashCode(MemoryMarshal.Cast<byte, char>(AsSpan()));

    /// <summary>40 lower-case hexadecimal digits.</summary>
    public override readonly string ToString() => Convert.ToHexStringLower(AsSpan());

    /// <summary>Parses 40 hexadecimal digits of either case; anything else is refused.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TwentyBytes result)
    {
        result = default;
        Span<byte> bytes = result;
        return text.Length == 2 * Length && Convert.FromHexString(text, bytes, out _, out _) == OperationStatus.Done;
    }
}
