using System.Globalization;

namespace Distribution.Ingest.WebSeeds;

/// <summary>
/// Reads <c>Range</c> (RFC 9110, 14.2). Ranges that overlap, touch, or lie closer than a part's own header is long become one (15.3.7.2
/// allows it), so that an answer is never much longer than the content; more than <see cref="MaxRanges"/> get the whole.
/// </summary>
internal static class RangeHeader
{
    public const int MaxRanges = 64;

    // What a part of a multipart answer costs in framing, about.
    private const int WorthwhileGapBytes = 128;
    private const string Unit = "bytes";

    /// <param name="header">Null or empty: none.</param>
    /// <param name="size">Of the content, in bytes.</param>
    /// <param name="ranges">Of <see cref="RangeKind.Parts"/>, in the order asked for, at least one; otherwise empty.</param>
    public static RangeKind Read(ReadOnlySpan<char> header, long size, out IReadOnlyList<ByteRange> ranges)
    {
        ranges = [];
        int equals = header.IndexOf('=');
        if (equals < 0 || !header[..equals].Trim().Equals(Unit, StringComparison.OrdinalIgnoreCase))
            return RangeKind.Whole;
        var found = new List<ByteRange>(1);
        int asked = 0;
        ReadOnlySpan<char> set = header[(equals + 1)..];
        foreach (Range element in set.Split(','))
        {
            // Empty elements of a list are passed over (5.6.1.2).
            ReadOnlySpan<char> spec = set[element].Trim(" \t");
            if (spec.IsEmpty)
                continue;
            if (++asked > MaxRanges || !TryReadOne(spec, size, out ByteRange? range))
                return RangeKind.Whole;
            if (range is { } satisfiable)
                Add(found, satisfiable);
        }
        if (asked == 0)
            return RangeKind.Whole;
        if (found.Count == 0)
            return RangeKind.Unsatisfiable;
        ranges = found;
        return RangeKind.Parts;
    }

    /// <param name="range">Null: well-formed, but past the end.</param>
    private static bool TryReadOne(ReadOnlySpan<char> spec, long size, out ByteRange? range)
    {
        range = null;
        int dash = spec.IndexOf('-');
        if (dash < 0)
            return false;
        if (dash == 0)
        {
            if (!TryReadPosition(spec[1..], out long suffix))
                return false;
            long length = Math.Min(suffix, size);
            if (length > 0)
                range = new ByteRange(size - length, length);
            return true;
        }
        long last = long.MaxValue;
        if (!TryReadPosition(spec[..dash], out long first))
            return false;
        if (dash + 1 < spec.Length && (!TryReadPosition(spec[(dash + 1)..], out last) || last < first))
            return false;
        if (first < size)
            range = new ByteRange(first, Math.Min(last, size - 1) - first + 1);
        return true;
    }

    /// <summary>Adds a range; those that it meets become one with it, in the place of the first of them.</summary>
    private static void Add(List<ByteRange> ranges, ByteRange added)
    {
        int place = -1;
        for (int i = 0; i < ranges.Count; i++)
        {
            ByteRange other = ranges[i];
            if (added.Start > other.End + WorthwhileGapBytes || other.Start > added.End + WorthwhileGapBytes)
                continue;
            long start = Math.Min(added.Start, other.Start);
            added = new ByteRange(start, Math.Max(added.End, other.End) - start);
            ranges.RemoveAt(i);
            place = place < 0 ? i : place;
            // It has grown, and may meet one that it did not before.
            i = -1;
        }
        ranges.Insert(place < 0 ? ranges.Count : Math.Min(place, ranges.Count), added);
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
