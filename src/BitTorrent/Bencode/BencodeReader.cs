using System.Runtime.CompilerServices;

namespace Distribution.BitTorrent.Bencode;

/// <summary>
/// A strict pull reader of one bencoded value (BEP 3). It never throws on input and allocates nothing: <see cref="Read"/>
/// returns false at the end of the value or at the first fault, which <see cref="Error"/> names. Bytes after the value are left
/// alone (BEP 9 puts a block there): compare <see cref="Position"/> with the length where none are allowed.
/// </summary>
public ref struct BencodeReader
{
    private readonly ReadOnlySpan<byte> _data;
    private readonly int _maxDepth;
    private int _tokensLeft;
    private ulong _isDictionary; // one bit a level
    private ulong _expectsValue; // one bit a level: a key was read, its value not yet
    private KeyRanges _lastKeys;

    public BencodeReader(ReadOnlySpan<byte> data, BencodeLimits limits)
    {
        _data = data;
        _maxDepth = Math.Min(limits.MaxDepth, BencodeLimits.HardMaxDepth);
        _tokensLeft = limits.MaxTokens;
    }

    public BencodeTokenType TokenType { get; private set; }

    /// <summary>Open lists and dictionaries after the current token.</summary>
    public int Depth { get; private set; }

    /// <summary>Offset behind the current token, in bytes.</summary>
    public int Position { get; private set; }

    /// <summary>Offset of the current token, in bytes.</summary>
    public int TokenStart { get; private set; }

    /// <summary>The current integer; undefined for other tokens.</summary>
    public long Integer { get; private set; }

    /// <summary>The current byte string; undefined for other tokens.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>True where the current token is a dictionary's key.</summary>
    public bool IsKey { get; private set; }

    public BencodeError Error { get; private set; }

    /// <summary>True once the outermost value has been read whole.</summary>
    public readonly bool IsComplete => Depth == 0 && Position > 0 && Error == BencodeError.None;

    /// <summary>Moves to the next token. False: the value is complete, or <see cref="Error"/> is set.</summary>
    public bool Read()
    {
        if (Error != BencodeError.None || IsComplete)
            return false;
        if (--_tokensLeft < 0)
            return Fail(BencodeError.TooManyTokens);
        if (Position >= _data.Length)
            return Fail(BencodeError.Truncated);

        TokenStart = Position;
        IsKey = false;
        byte first = _data[Position];
        bool inDictionary = Depth > 0 && Bit(_isDictionary);
        bool wantsKey = inDictionary && !Bit(_expectsValue);

        if (first == (byte)'e' && Depth > 0)
            return ReadEnd(inDictionary && !wantsKey);
        if (wantsKey)
            return ReadKey(first);

        bool read = first switch
        {
            (byte)'i' => ReadInteger(),
            (byte)'l' => Open(BencodeTokenType.ListStart),
            (byte)'d' => Open(BencodeTokenType.DictionaryStart),
            >= (byte)'0' and <= (byte)'9' => ReadBytes(),
            _ => Fail(BencodeError.UnexpectedByte),
        };
        if (read && inDictionary && TokenType is BencodeTokenType.Integer or BencodeTokenType.Bytes)
            ClearBit(ref _expectsValue, Depth);
        return read;
    }

    /// <summary>
    /// From a container's start moves onto its end; from any other token does nothing. False on a fault.
    /// </summary>
    public bool TrySkip()
    {
        if (TokenType is not (BencodeTokenType.ListStart or BencodeTokenType.DictionaryStart))
            return Error == BencodeError.None;
        int outside = Depth - 1;
        while (Depth > outside)
        {
            if (!Read())
                return false;
        }
        return true;
    }

    private bool ReadEnd(bool keyWithoutValue)
    {
        if (keyWithoutValue)
            return Fail(BencodeError.InvalidKey);
        Position++;
        Depth--;
        TokenType = BencodeTokenType.End;
        if (Depth > 0 && Bit(_isDictionary))
            ClearBit(ref _expectsValue, Depth);
        return true;
    }

    private bool ReadKey(byte first)
    {
        if (first is < (byte)'0' or > (byte)'9')
            return Fail(BencodeError.InvalidKey);
        if (!ReadBytes())
            return false;
        ref KeyRange last = ref _lastKeys[Depth - 1];
        if (last.Seen)
        {
            int order = _data.Slice(last.Start, last.Length).SequenceCompareTo(Bytes);
            if (order == 0)
                return Fail(BencodeError.DuplicateKey);
            if (order > 0)
                return Fail(BencodeError.UnsortedKeys);
        }
        last = new KeyRange(Position - Bytes.Length, Bytes.Length, Seen: true);
        _expectsValue |= 1UL << (Depth - 1);
        IsKey = true;
        return true;
    }

    private bool Open(BencodeTokenType type)
    {
        if (Depth >= _maxDepth)
            return Fail(BencodeError.TooDeep);
        Position++;
        Depth++;
        TokenType = type;
        ClearBit(ref _expectsValue, Depth);
        if (type == BencodeTokenType.DictionaryStart)
            _isDictionary |= 1UL << (Depth - 1);
        else
            ClearBit(ref _isDictionary, Depth);
        _lastKeys[Depth - 1] = default;
        return true;
    }

    private bool ReadInteger()
    {
        int at = Position + 1;
        bool negative = at < _data.Length && _data[at] == (byte)'-';
        if (negative)
            at++;
        int firstDigit = at;
        ulong magnitude = 0;
        for (; at < _data.Length && _data[at] is >= (byte)'0' and <= (byte)'9'; at++)
        {
            bool afterZero = magnitude == 0 && at > firstDigit;
            if (afterZero || magnitude > (ulong.MaxValue - 9) / 10)
                return Fail(BencodeError.InvalidInteger);
            magnitude = magnitude * 10 + (uint)(_data[at] - '0');
        }
        if (at >= _data.Length)
            return Fail(BencodeError.Truncated);
        bool isMinusZero = negative && magnitude == 0;
        bool isTooLarge = magnitude > (negative ? 1UL << 63 : long.MaxValue);
        if (_data[at] != (byte)'e' || at == firstDigit || isMinusZero || isTooLarge)
            return Fail(BencodeError.InvalidInteger);

        Integer = negative ? unchecked(-(long)magnitude) : (long)magnitude;
        Position = at + 1;
        TokenType = BencodeTokenType.Integer;
        return true;
    }

    private bool ReadBytes()
    {
        int at = Position;
        int length = 0;
        while (at < _data.Length && _data[at] is >= (byte)'0' and <= (byte)'9')
        {
            // Nine digits at most, just under 1 GB, so that the length cannot overflow; and no leading zero.
            if (at - Position == 9 || (length == 0 && at > Position))
                return Fail(BencodeError.InvalidStringLength);
            length = length * 10 + (_data[at] - '0');
            at++;
        }
        if (at >= _data.Length)
            return Fail(BencodeError.Truncated);
        if (_data[at] != (byte)':')
            return Fail(BencodeError.UnexpectedByte);
        at++;
        if (length > _data.Length - at)
            return Fail(BencodeError.InvalidStringLength);

        Bytes = _data.Slice(at, length);
        Position = at + length;
        TokenType = BencodeTokenType.Bytes;
        return true;
    }

    private bool Fail(BencodeError error)
    {
        Error = error;
        TokenType = BencodeTokenType.None;
        return false;
    }

    private readonly bool Bit(ulong bits) => (bits >> (Depth - 1) & 1) != 0;

    private static void ClearBit(ref ulong bits, int depth) => bits &= ~(1UL << (depth - 1));

    private readonly record struct KeyRange(int Start, int Length, bool Seen);

    [InlineArray(BencodeLimits.HardMaxDepth)]
    private struct KeyRanges
    {
        private KeyRange _first;
    }
}
