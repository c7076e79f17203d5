using System.Buffers.Text;

namespace Distribution.Ingest.WebSeeds;

/// <summary>Reads the <c>Range</c> of a client that knows what there is: one range, from a position that exists. <see cref="RangeHeader"/> reads all others.</summary>
internal static class PlainRange
{
    // So that nothing overflows.
    private const int MaxDigits = 18;

    /// <summary>False: it is not of that kind, for which there are several reasons.</summary>
    /// <param name="size">Of the content, in bytes.</param>
    public static bool TryRead(ReadOnlySpan<byte> header, long size, out ByteRange range)
    {
        range = default;
        if (!header.StartsWith("bytes="u8))
            return false;
        ReadOnlySpan<byte> spec = header["bytes="u8.Length..];
        int dash = spec.IndexOf((byte)'-');
        if (dash <= 0 || !TryReadPosition(spec[..dash], out long first) || first >= size)
            return false;
        long last = size - 1;
        if (dash + 1 < spec.Length && (!TryReadPosition(spec[(dash + 1)..], out last) || last < first))
            return false;
        range = new ByteRange(first, Math.Min(last, size - 1) - first + 1);
        return true;
    }

    private static bool TryReadPosition(ReadOnlySpan<byte> digits, out long position)
    {
        position = 0;
        return digits.Length <= MaxDigits
            && digits.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0
            && Utf8Parser.TryParse(digits, out position, out int read)
            && read == digits.Length;
    }
}
