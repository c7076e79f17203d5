using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Distribution.Silos.Tests.Swarms.Networks;

/// <summary>Writes databases in MaxMind's format, version 2.0: a search tree of 24-bit records, the data, the metadata.</summary>
internal sealed class MmdbFile(bool isIPv6)
{
    private const int Free = -1;

    private readonly List<int[]> _nodes =
    [
        [Free, Free],
    ];
    private readonly List<byte> _data = [];

    /// <param name="network">An address, a slash, and how many bits of it count.</param>
    /// <param name="record">Strings, unsigned numbers, and dictionaries of these.</param>
    public MmdbFile Add(string network, Dictionary<string, object> record)
    {
        var prefix = IPNetwork.Parse(network);
        byte[] address = prefix.BaseAddress.GetAddressBytes();
        int bits = prefix.PrefixLength;
        if (isIPv6 && address.Length == 4)
        {
            // IPv4 is at ::/96.
            address = [.. new byte[12], .. address];
            bits += 96;
        }
        int node = 0;
        for (int bit = 0; bit < bits - 1; bit++)
        {
            ref int next = ref _nodes[node][BitOf(address, bit)];
            if (next == Free)
            {
                next = _nodes.Count;
                node = next;
                _nodes.Add([Free, Free]);
            }
            else
                node = next;
        }
        // Data is told from nodes by its sign.
        _nodes[node][BitOf(address, bits - 1)] = -2 - _data.Count;
        using var written = new MemoryStream();
        Write(written, record);
        _data.AddRange(written.ToArray());
        return this;
    }

    public byte[] ToBytes()
    {
        using var file = new MemoryStream();
        Span<byte> record = stackalloc byte[4];
        foreach (int value in _nodes.SelectMany(static node => node))
        {
            int written =
                value == Free ? _nodes.Count
                : value < 0 ? _nodes.Count + 16 + (-2 - value)
                : value;
            BinaryPrimitives.WriteInt32BigEndian(record, written);
            file.Write(record[1..]);
        }
        file.Write(new byte[16]);
        file.Write([.. _data]);
        file.Write([0xab, 0xcd, 0xef]);
        file.Write("MaxMind.com"u8);
        Write(
            file,
            new Dictionary<string, object>
            {
                ["node_count"] = (uint)_nodes.Count,
                ["record_size"] = (ushort)24,
                ["ip_version"] = (ushort)(isIPv6 ? 6 : 4),
                ["database_type"] = "Test",
                ["languages"] = Array.Empty<string>(),
                ["binary_format_major_version"] = (ushort)2,
                ["binary_format_minor_version"] = (ushort)0,
                ["build_epoch"] = 1_700_000_000UL,
                ["description"] = new Dictionary<string, object>(),
            }
        );
        return file.ToArray();
    }

    private static int BitOf(byte[] address, int bit) => address[bit / 8] >> (7 - bit % 8) & 1;

    private static void Write(Stream to, object value)
    {
        switch (value)
        {
            case Dictionary<string, object> map:
                Head(to, 7, map.Count);
                foreach ((string key, object inner) in map)
                {
                    Write(to, key);
                    Write(to, inner);
                }
                break;
            case string text:
                byte[] utf8 = Encoding.UTF8.GetBytes(text);
                Head(to, 2, utf8.Length);
                to.Write(utf8);
                break;
            case ushort number:
                Head(to, 5, 2);
                to.Write([(byte)(number >> 8), (byte)number]);
                break;
            case uint number:
                Head(to, 6, 4);
                Span<byte> four = stackalloc byte[4];
                BinaryPrimitives.WriteUInt32BigEndian(four, number);
                to.Write(four);
                break;
            case ulong number:
                Head(to, 9, 8);
                Span<byte> eight = stackalloc byte[8];
                BinaryPrimitives.WriteUInt64BigEndian(eight, number);
                to.Write(eight);
                break;
            case string[] texts:
                Head(to, 11, texts.Length);
                foreach (string text in texts)
                    Write(to, text);
                break;
            default:
                throw new ArgumentException($"{value.GetType()} is not written.", nameof(value));
        }
    }

    private static void Head(Stream to, int type, int size)
    {
        int shortSize = Math.Min(size, 29);
        to.WriteByte((byte)((type > 7 ? 0 : type) << 5 | shortSize));
        if (type > 7)
            to.WriteByte((byte)(type - 7));
        if (shortSize == 29)
            to.WriteByte((byte)(size - 29));
    }
}
