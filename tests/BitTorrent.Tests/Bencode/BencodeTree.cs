using System.Buffers;
using Distribution.BitTorrent.Bencode;
using FsCheck;
using FsCheck.Fluent;

namespace Distribution.BitTorrent.Tests.Bencode;

/// <summary>A bencoded value as a test makes it up, apart from the code under test.</summary>
public abstract record BencodeTree
{
    public sealed record Integer(long Value) : BencodeTree;

    public sealed record Text(byte[] Value) : BencodeTree;

    public sealed record Items(IReadOnlyList<BencodeTree> Values) : BencodeTree;

    /// <summary>Entries in raw byte order of their keys, as BEP 3 asks.</summary>
    public sealed record Entries(IReadOnlyList<(byte[] Key, BencodeTree Value)> Values) : BencodeTree;

    public byte[] Encode()
    {
        var buffer = new ArrayBufferWriter<byte>();
        Write(new BencodeWriter(buffer), this);
        return buffer.WrittenSpan.ToArray();
    }

    public bool Matches(BencodeValue value) =>
        this switch
        {
            Integer integer => value.AsInteger == integer.Value,
            Text text => value.AsBytes is { } bytes && bytes.Span.SequenceEqual(text.Value),
            Items items => value.AsList is { } list
                && list.Count == items.Values.Count
                && items.Values.Zip(list).All(pair => pair.First.Matches(pair.Second)),
            Entries entries => value.AsDictionary is { } dictionary
                && dictionary.Count == entries.Values.Count
                && entries
                    .Values.Zip(dictionary)
                    .All(pair =>
                        pair.First.Key.AsSpan().SequenceEqual(pair.Second.Key.Span)
                        && pair.First.Value.Matches(pair.Second.Value)
                    ),
            _ => false,
        };

    private static void Write(BencodeWriter writer, BencodeTree tree)
    {
        switch (tree)
        {
            case Integer integer:
                writer.WriteInteger(integer.Value);
                break;
            case Text text:
                writer.WriteBytes(text.Value);
                break;
            case Items items:
                writer.BeginList();
                foreach (BencodeTree item in items.Values)
                    Write(writer, item);
                writer.End();
                break;
            case Entries entries:
                writer.BeginDictionary();
                foreach ((byte[] key, BencodeTree value) in entries.Values)
                {
                    writer.WriteBytes(key);
                    Write(writer, value);
                }
                writer.End();
                break;
        }
    }

    /// <summary>For FsCheck: trees at most six deep.</summary>
    public static class Arbitraries
    {
        public static Arbitrary<BencodeTree> Trees() =>
            Gen.Sized(size => Tree(Math.Min(size, 40), depth: 6)).ToArbitrary();

        private static Gen<byte[]> Bytes() => ArbMap.Default.GeneratorFor<byte[]>().Select(bytes => bytes ?? []);

        private static Gen<BencodeTree> Tree(int size, int depth)
        {
            Gen<BencodeTree> integer = ArbMap
                .Default.GeneratorFor<long>()
                .Or(Gen.Elements(0L, -1L, long.MinValue, long.MaxValue))
                .Select(value => (BencodeTree)new Integer(value));
            Gen<BencodeTree> text = Bytes().Select(value => (BencodeTree)new Text(value));
            if (depth == 0 || size == 0)
                return integer.Or(text);
            Gen<BencodeTree> child = Tree(size / 3, depth - 1);
            Gen<BencodeTree> items = child.ListOf().Select(values => (BencodeTree)new Items([.. values.Take(size)]));
            Gen<BencodeTree> entries = Bytes()
                .SelectMany(key => child.Select(value => (key, value)))
                .ListOf()
                .Select(values => (BencodeTree)new Entries(Sorted(values.Take(size))));
            return Gen.OneOf(integer, text, items, entries);
        }

        private static List<(byte[] Key, BencodeTree Value)> Sorted(IEnumerable<(byte[] Key, BencodeTree Value)> values)
        {
            List<(byte[] Key, BencodeTree Value)> sorted =
            [
                .. values.DistinctBy(entry => Convert.ToHexString(entry.Key)),
            ];
            sorted.Sort((a, b) => a.Key.AsSpan().SequenceCompareTo(b.Key));
            return sorted;
        }
    }
}
