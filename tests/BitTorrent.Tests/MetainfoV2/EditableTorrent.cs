using System.Buffers;
using System.Text;
using Distribution.BitTorrent.Bencode;

namespace Distribution.BitTorrent.Tests.MetainfoV2;

/// <summary>
/// A .torrent file taken apart, to be spoilt in one place and put together again: dictionaries are sorted by Latin-1 keys, lists are
/// lists, and leaves are long or byte[].
/// </summary>
internal sealed class EditableTorrent
{
    private readonly SortedDictionary<string, object> _root;

    public EditableTorrent(byte[] encoded)
    {
        Assert.True(BencodeValue.TryParse(encoded, BencodeLimits.Metainfo, out BencodeValue? value, out _));
        _root = (SortedDictionary<string, object>)TakeApart(value);
    }

    /// <summary>The dictionary that the keys lead to.</summary>
    public SortedDictionary<string, object> At(params string[] keys)
    {
        SortedDictionary<string, object> at = _root;
        foreach (string key in keys)
            at = (SortedDictionary<string, object>)at[key];
        return at;
    }

    public List<object> List(params string[] keys) => (List<object>)At(keys[..^1])[keys[^1]];

    public byte[] Encode() => Encode(_root);

    public byte[] EncodeInfo() => Encode(_root["info"]);

    public static SortedDictionary<string, object> Dictionary(params (string Key, object Value)[] entries)
    {
        var dictionary = new SortedDictionary<string, object>(StringComparer.Ordinal);
        foreach ((string key, object value) in entries)
            dictionary.Add(key, value);
        return dictionary;
    }

    public static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>The key that stands for these bytes.</summary>
    public static string Key(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    private static byte[] Encode(object value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        Write(new BencodeWriter(buffer), value);
        return buffer.WrittenSpan.ToArray();
    }

    private static object TakeApart(BencodeValue value)
    {
        if (value.AsDictionary is { } entries)
            return Dictionary([.. entries.Select(entry => (Key(entry.Key.Span), TakeApart(entry.Value)))]);
        if (value.AsList is { } list)
            return list.Select(TakeApart).ToList();
        return value.AsInteger is { } integer ? integer : value.AsBytes!.Value.ToArray();
    }

    private static void Write(BencodeWriter writer, object value)
    {
        switch (value)
        {
            case SortedDictionary<string, object> dictionary:
                writer.BeginDictionary();
                foreach ((string key, object item) in dictionary)
                {
                    writer.WriteBytes(Encoding.Latin1.GetBytes(key));
                    Write(writer, item);
                }
                writer.End();
                break;
            case List<object> list:
                writer.BeginList();
                foreach (object item in list)
                    Write(writer, item);
                writer.End();
                break;
            case long integer:
                writer.WriteInteger(integer);
                break;
            case byte[] bytes:
                writer.WriteBytes(bytes);
                break;
            default:
                throw new ArgumentException($"{value.GetType()} is no bencode.", nameof(value));
        }
    }
}
