using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Distribution.Contracts.Ledgers.Chain;

/// <summary>Reads a line from left to right. The first thing that is not as expected ends it, and <see cref="Problem"/> says where.</summary>
internal ref struct ChainCursor(ReadOnlySpan<byte> line)
{
    private const int TimeLength = 20;
    private const int NameLength = 22;

    private static readonly SearchValues<byte> Digits = SearchValues.Create("0123456789abcdef"u8);

    private readonly ReadOnlySpan<byte> _line = line;

    /// <summary>The bytes read so far.</summary>
    public int Position { get; private set; }

    public string? Problem { get; private set; }

    public readonly bool IsAtEnd => Position == _line.Length;

    private readonly ReadOnlySpan<byte> Rest => _line[Position..];

    public readonly bool IsNext(ReadOnlySpan<byte> expected) => Rest.StartsWith(expected);

    public bool Literal(ReadOnlySpan<byte> expected)
    {
        if (!IsNext(expected))
            return Fail(Encoding.ASCII.GetString(expected));
        Position += expected.Length;
        return true;
    }

    /// <summary>Whole, not negative, within 63 bits, without leading zeros.</summary>
    public bool Number(out long number)
    {
        ReadOnlySpan<byte> rest = Rest;
        int length = 0;
        while (length < rest.Length && length < 20 && rest[length] is >= (byte)'0' and <= (byte)'9')
            length++;
        number = 0;
        if (
            length == 0
            || length > 1 && rest[0] == (byte)'0'
            || !long.TryParse(rest[..length], NumberStyles.None, CultureInfo.InvariantCulture, out number)
        )
            return Fail("a whole number from 0 to 9223372036854775807");
        Position += length;
        return true;
    }

    public bool Truth(out bool value)
    {
        value = IsNext("true"u8);
        return value ? Literal("true"u8)
            : IsNext("false"u8) ? Literal("false"u8)
            : Fail("true or false");
    }

    /// <summary>Unix seconds of a time such as 2026-01-31T15:00:00Z, from 1970 on.</summary>
    public bool Time(out long unixSeconds)
    {
        unixSeconds = 0;
        const string what = "a time such as 2026-01-31T15:00:00Z";
        if (Rest.Length < TimeLength)
            return Fail(what);
        Span<char> text = stackalloc char[TimeLength];
        for (int i = 0; i < TimeLength; i++)
            text[i] = (char)Rest[i];
        if (
            !DateTimeOffset.TryParseExact(
                text,
                ChainLineWriter.TimeFormat,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out DateTimeOffset time
            )
            || time < DateTimeOffset.UnixEpoch
        )
            return Fail(what);
        unixSeconds = time.ToUnixTimeSeconds();
        Position += TimeLength;
        return true;
    }

    public bool Hour(out long unixSeconds) =>
        Time(out unixSeconds) && (unixSeconds % 3600 == 0 || Fail("a full hour", TimeLength));

    public bool Hash(out ChainHash hash)
    {
        hash = default;
        if (Rest.Length < ChainHash.HexLength || !ChainHash.TryParse(Rest[..ChainHash.HexLength], out hash))
            return Fail("64 lowercase hexadecimal digits");
        Position += ChainHash.HexLength;
        return true;
    }

    public bool Hex(int length, out string hex)
    {
        hex = "";
        if (Rest.Length < length || Rest[..length].ContainsAnyExcept(Digits))
            return Fail($"{length} lowercase hexadecimal digits");
        hex = Encoding.ASCII.GetString(Rest[..length]);
        Position += length;
        return true;
    }

    /// <summary>A viewer's name and its presence before and after, in quotes.</summary>
    public bool Viewer(out ChainViewer viewer)
    {
        viewer = default;
        const string what = "a viewer: 22 characters of base64url and two different digits from 0 to 3";
        ReadOnlySpan<byte> rest = Rest;
        if (rest.Length < NameLength + 4 || rest[0] != (byte)'"' || rest[NameLength + 3] != (byte)'"')
            return Fail(what);
        int before = rest[NameLength + 1] - '0';
        int after = rest[NameLength + 2] - '0';
        Span<byte> name = stackalloc byte[16];
        if (
            before is < 0 or > 3
            || after is < 0 or > 3
            || before == after
            // The last of the 22 holds two bits: one text for one name.
            || rest[NameLength] is not ((byte)'A' or (byte)'Q' or (byte)'g' or (byte)'w')
            || Base64Url.DecodeFromUtf8(rest.Slice(1, NameLength), name, out _, out int length) != OperationStatus.Done
            || length != name.Length
        )
            return Fail(what);
        viewer = new ChainViewer(
            BinaryPrimitives.ReadUInt128BigEndian(name),
            (ChainPresence)before,
            (ChainPresence)after
        );
        Position += NameLength + 4;
        return true;
    }

    /// <summary>A string in quotes, of at most <paramref name="maxLength"/> UTF-16 units.</summary>
    public bool Text(int maxLength, out string text)
    {
        text = "";
        if (!Literal("\""u8))
            return false;
        var built = new StringBuilder();
        while (Position < _line.Length && _line[Position] != (byte)'"')
        {
            if (built.Length == maxLength)
                return Fail($"at most {maxLength} characters");
            if (!Letter(out char letter))
                return false;
            built.Append(letter);
        }
        text = built.ToString();
        return Literal("\""u8);
    }

    public bool Fail(string expected, int back = 0)
    {
        Problem ??= $"{expected} is expected at byte {Position - back + 1}";
        return false;
    }

    private bool Letter(out char letter)
    {
        const string what = "a printable ASCII character, or \\\", \\\\ or \\u and four lowercase hexadecimal digits";
        ReadOnlySpan<byte> rest = Rest;
        letter = (char)rest[0];
        if (ChainLineWriter.IsPlain(letter))
        {
            Position++;
            return true;
        }
        if (letter != '\\' || rest.Length < 2)
            return Fail(what);
        letter = (char)rest[1];
        if (letter is '"' or '\\')
        {
            Position += 2;
            return true;
        }
        Span<byte> unit = stackalloc byte[2];
        if (letter != 'u' || rest.Length < 6 || !LowerHex.TryRead(rest.Slice(2, 4), unit))
            return Fail(what);
        letter = (char)BinaryPrimitives.ReadUInt16BigEndian(unit);
        if (ChainLineWriter.IsPlain(letter) || letter is '"' or '\\')
            return Fail(what);
        Position += 6;
        return true;
    }
}
