using System.Globalization;

namespace Distribution.Ingest.WebSeeds;

/// <summary>
/// Reads <c>Range</c> (RFC 9110, 14.2). Several ranges get the whole file, which a server may always answer: no BitTorrent client
/// asks for them (BEP 19 clients ask for one), and a multipart body would make the framing look like content in the counts.
/// </summary>
internal static class RangeHeader
{
    private const string Unit = "bytes";

    /// <param name="header">Null or empty: none.</param>
    /// <param name="start">Of a <see cref="RangeKind.Part"/>.</param>
    /// <param name="length">Of a <see cref="RangeKind.Part"/>, at least 1, already cut at the file's end.</param>
    public static RangeKind Read(ReadOnlySpan<char> header, long size, out long start, out long length)
    {
        start = 0;
        length = size;
        int equals = header.IndexOf('=');
        if (equals < 0 || !header[..equals].Trim().Equals(Unit, StringComparison.OrdinalIgnoreCase))
            return RangeKind.Whole;
        ReadOnlySpan<char> range = header[(equals + 1)..].Trim(" \t,");
        int dash = range.IndexOf('-');
        if (dash < 0 || range.Contains(','))
            return RangeKind.Whole;
        if (dash == 0)
        {
            if (!TryReadPosition(range[1..], out long suffix))
                return RangeKind.Whole;
            if (suffix == 0 || size == 0)
                return RangeKind.Unsatisfiable;
            length = Math.Min(suffix, size);
            start = size - length;
            return RangeKind.Part;
        }
        long last = long.MaxValue;
        if (!TryReadPosition(range[..dash], out long first))
            return RangeKind.Whole;
        if (dash + 1 < range.Length && (!TryReadPosition(range[(dash + 1)..], out last) || last < first))
            return RangeKind.Whole;
        if (first >= size)
            return RangeKind.Unsatisfiable;
        start = first;
        length = Math.Min(last, size - 1) - first + 1;
        return RangeKind.Part;
    }

    /// <summary>Digits only; more of them than a long holds mean "very far", not nonsense.</summary>
    private static bool TryReadPosition(ReadOnlySpan<char> digits, out long position)
    {
        position = 0;
        if (digits.IsEmpty || digits.ContainsAnyExceptInRange('0', '9'))
            return false;
        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out position))
            position = long.MaxValue;
        return true;
    }
}
