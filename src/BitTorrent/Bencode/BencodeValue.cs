using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;

namespace Distribution.BitTorrent.Bencode;

/// <summary>
/// A parsed bencoded value that points into the bytes it came from; for messages and metainfo, not for hot paths (those read
/// tokens with <see cref="BencodeReader"/>). Look-ups of the wrong type answer null instead of throwing.
/// </summary>
public sealed class BencodeValue
{
    private readonly ReadOnlyMemory<byte> _source;
    private readonly List<BencodeValue>? _items;
    private readonly List<(ReadOnlyMemory<byte> Key, BencodeValue Value)>? _entries;
    private readonly long _integer;

    private BencodeValue(
        BencodeTokenType type,
        ReadOnlyMemory<byte> raw,
        ReadOnlyMemory<byte> source = default,
        long integer = 0,
        List<BencodeValue>? items = null,
        List<(ReadOnlyMemory<byte>, BencodeValue)>? entries = null
    )
    {
        Type = type;
        Raw = raw;
        _source = source;
        _integer = integer;
        _items = items;
        _entries = entries;
    }

    public BencodeTokenType Type { get; }

    /// <summary>The value's own encoded bytes, as they stood in the input: what an info-hash is taken of.</summary>
    public ReadOnlyMemory<byte> Raw { get; }

    public long? AsInteger => Type == BencodeTokenType.Integer ? _integer : null;

    // Not a bare null: that would turn into an empty memory, by way of a null array.
    public ReadOnlyMemory<byte>? AsBytes => Type == BencodeTokenType.Bytes ? _source : default(ReadOnlyMemory<byte>?);

    /// <summary>The string as UTF-8; null where it is no string or no valid UTF-8.</summary>
    public string? AsText
    {
        get
        {
            if (Type != BencodeTokenType.Bytes || !Utf8.IsValid(_source.Span))
                return null;
            return Encoding.UTF8.GetString(_source.Span);
        }
    }

    public IReadOnlyList<BencodeValue>? AsList => _items;

    public IReadOnlyList<(ReadOnlyMemory<byte> Key, BencodeValue Value)>? AsDictionary => _entries;

    /// <summary>The value at <paramref name="key"/>; null where this is no dictionary or has no such key.</summary>
    public BencodeValue? this[ReadOnlySpan<byte> key]
    {
        get
        {
            if (_entries is null)
                return null;
            foreach ((ReadOnlyMemory<byte> name, BencodeValue value) in _entries)
            {
                if (name.Span.SequenceEqual(key))
                    return value;
            }
            return null;
        }
    }

    /// <summary>Parses exactly one value that fills <paramref name="data"/>.</summary>
    public static bool TryParse(
        ReadOnlyMemory<byte> data,
        BencodeLimits limits,
        [NotNullWhen(true)] out BencodeValue? value,
        out BencodeError error
    )
    {
        if (!TryParsePrefix(data, limits, out value, out int consumed, out error))
            return false;
        if (consumed == data.Length)
            return true;
        value = null;
        error = BencodeError.TrailingBytes;
        return false;
    }

    /// <summary>Parses the value at the start of <paramref name="data"/>; what follows it begins at <paramref name="consumedBytes"/>.</summary>
    public static bool TryParsePrefix(
        ReadOnlyMemory<byte> data,
        BencodeLimits limits,
        [NotNullWhen(true)] out BencodeValue? value,
        out int consumedBytes,
        out BencodeError error
    )
    {
        var reader = new BencodeReader(data.Span, limits);
        value = reader.Read() ? Build(ref reader, data) : null;
        error = reader.Error;
        consumedBytes = reader.Position;
        if (value is not null && error == BencodeError.None)
            return true;
        value = null;
        return false;
    }

    // Recursion is bounded by BencodeLimits.HardMaxDepth.
    private static BencodeValue? Build(ref BencodeReader reader, ReadOnlyMemory<byte> data)
    {
        int start = reader.TokenStart;
        switch (reader.TokenType)
        {
            case BencodeTokenType.Integer:
                return new BencodeValue(reader.TokenType, data[start..reader.Position], integer: reader.Integer);
            case BencodeTokenType.Bytes:
                return new BencodeValue(
                    reader.TokenType,
                    data[start..reader.Position],
                    data.Slice(reader.Position - reader.Bytes.Length, reader.Bytes.Length)
                );
            case BencodeTokenType.ListStart:
            {
                var items = new List<BencodeValue>();
                while (reader.Read())
                {
                    if (reader.TokenType == BencodeTokenType.End)
                        return new BencodeValue(BencodeTokenType.ListStart, data[start..reader.Position], items: items);
                    if (Build(ref reader, data) is not { } item)
                        return null;
                    items.Add(item);
                }
                return null;
            }
            case BencodeTokenType.DictionaryStart:
            {
                var entries = new List<(ReadOnlyMemory<byte>, BencodeValue)>();
                while (reader.Read())
                {
                    if (reader.TokenType == BencodeTokenType.End)
                        return new BencodeValue(
                            BencodeTokenType.DictionaryStart,
                            data[start..reader.Position],
                            entries: entries
                        );
                    ReadOnlyMemory<byte> key = data.Slice(reader.Position - reader.Bytes.Length, reader.Bytes.Length);
                    if (!reader.Read() || Build(ref reader, data) is not { } item)
                        return null;
                    entries.Add((key, item));
                }
                return null;
            }
            default:
                return null;
        }
    }
}
