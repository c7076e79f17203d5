using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Distribution.BitTorrent;

/// <summary>
/// The 20 bytes by which a client names itself to trackers and peers (BEP 3; BEP 20 for the conventional prefix, "-XX1234-").
/// A value: compares and hashes by its bytes.
/// </summary>
public readonly record struct PeerId : ISpanParsable<PeerId>
{
    public const int LengthBytes = TwentyBytes.Length;

    private readonly TwentyBytes _bytes;

    /// <param name="bytes">Exactly 20 bytes.</param>
    /// <exception cref="ArgumentException">Another length.</exception>
    public PeerId(ReadOnlySpan<byte> bytes) => _bytes = new TwentyBytes(bytes, "A peer id");

    private PeerId(TwentyBytes bytes) => _bytes = bytes;

    /// <summary>A new id: the given client prefix (BEP 20: eight bytes), then random bytes.</summary>
    /// <exception cref="ArgumentException">A prefix of more than 20 bytes.</exception>
    public static PeerId Create(ReadOnlySpan<byte> prefix)
    {
        Span<byte> id = stackalloc byte[LengthBytes];
        RandomNumberGenerator.Fill(id);
        prefix.CopyTo(id);
        return new PeerId(id);
    }

    [UnscopedRef]
    public ReadOnlySpan<byte> AsSpan() => _bytes.AsSpan();

    /// <summary>40 lower-case hexadecimal digits.</summary>
    public override string ToString() => _bytes.ToString();

    /// <summary>Parses 40 hexadecimal digits of either case.</summary>
    /// <exception cref="FormatException">Anything else.</exception>
    public static PeerId Parse(ReadOnlySpan<char> text, IFormatProvider? provider = null) =>
        TryParse(text, provider, out PeerId id)
            ? id
            : throw new FormatException("A peer id is written as 40 hexadecimal digits.");

    public static PeerId Parse(string text, IFormatProvider? provider = null) => Parse(text.AsSpan(), provider);

    public static bool TryParse(ReadOnlySpan<char> text, IFormatProvider? provider, out PeerId result)
    {
        bool parsed = TwentyBytes.TryParse(text, out TwentyBytes bytes);
        result = parsed ? new PeerId(bytes) : default;
        return parsed;
    }

    public static bool TryParse([NotNullWhen(true)] string? text, IFormatProvider? provider, out PeerId result) =>
        TryParse(text.AsSpan(), provider, out result);
}
