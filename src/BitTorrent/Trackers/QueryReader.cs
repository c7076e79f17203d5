using System.Globalization;

namespace Distribution.BitTorrent.Trackers;

/// <summary>Walks the <c>name=value</c> pairs of a raw query, still percent-encoded. Bounded; allocates nothing.</summary>
internal ref struct QueryReader(ReadOnlySpan<byte> query)
{
    /// <summary>Longer queries are refused: a scrape of 74 swarms fits.</summary>
    public const int MaxQueryBytes = 8192;

    private const int MaxParameters = 128;

    private ReadOnlySpan<byte> _rest = query.Length > 0 && query[0] == (byte)'?' ? query[1..] : query;
    private int _seen;

    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>As sent; decode with <see cref="TryDecode"/>.</summary>
    public ReadOnlySpan<byte> RawValue { get; private set; }

    public TrackerQueryError Error { get; private set; }

    /// <summary>False at the end, or with <see cref="Error"/> set.</summary>
    public bool TryRead()
    {
        if (_rest.Length > MaxQueryBytes)
            return Fail(TrackerQueryError.QueryTooLong);
        while (!_rest.IsEmpty)
        {
            int end = _rest.IndexOf((byte)'&');
            ReadOnlySpan<byte> pair = end < 0 ? _rest : _rest[..end];
            _rest = end < 0 ? [] : _rest[(end + 1)..];
            if (pair.IsEmpty)
                continue;
            if (++_seen > MaxParameters)
                return Fail(TrackerQueryError.TooManyParameters);
            int equals = pair.IndexOf((byte)'=');
            Name = equals < 0 ? pair : pair[..equals];
            RawValue = equals < 0 ? [] : pair[(equals + 1)..];
            return true;
        }
        return false;
    }

    /// <summary>
    /// Undoes percent-encoding (RFC 3986). A plus sign stands for itself: clients encode raw bytes here, no form fields. False:
    /// <paramref name="error"/> says why; <paramref name="written"/> above the destination's length is not possible.
    /// </summary>
    public static bool TryDecode(
        ReadOnlySpan<byte> raw,
        Span<byte> destination,
        out int written,
        out TrackerQueryError error
    )
    {
        written = 0;
        error = TrackerQueryError.None;
        for (int at = 0; at < raw.Length; at++)
        {
            byte value = raw[at];
            if (value == (byte)'%')
            {
                if (
                    raw.Length - at < 3
                    || !byte.TryParse(raw.Slice(at + 1, 2), NumberStyles.AllowHexSpecifier, null, out value)
                )
                {
                    error = TrackerQueryError.InvalidEscape;
                    return false;
                }
                at += 2;
            }
            if (written == destination.Length)
                return false;
            destination[written++] = value;
        }
        return true;
    }

    /// <summary>
    /// A decimal number with an optional minus. What is beyond 64 bits is the nearest that fits: clients send such for "unknown".
    /// </summary>
    public static bool TryParseNumber(ReadOnlySpan<byte> raw, out long value)
    {
        value = 0;
        bool negative = !raw.IsEmpty && raw[0] == (byte)'-';
        if (negative)
            raw = raw[1..];
        if (raw.IsEmpty)
            return false;
        foreach (byte digit in raw)
        {
            if (digit is < (byte)'0' or > (byte)'9')
                return false;
            value = value > (long.MaxValue - 9) / 10 ? long.MaxValue : value * 10 + (digit - '0');
        }
        if (negative)
            value = -value;
        return true;
    }

    private bool Fail(TrackerQueryError error)
    {
        Error = error;
        return false;
    }
}
