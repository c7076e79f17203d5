using System.Buffers.Binary;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Trackers;

namespace Distribution.Fuzz.Mutations;

/// <summary>Changes a packet at its fields (BEP 15) and its options (BEP 41).</summary>
internal sealed class UdpMutator(Corpus corpus, Func<ulong> connectionId, InfoHash swarm) : Mutator(corpus)
{
    private const int InfoHashAt = UdpRequestHeader.LengthBytes;
    private const int PeerIdAt = 36;
    private const int PortAt = 96;

    /// <summary>Offset and bytes of what a packet has, connection id and info-hash apart.</summary>
    private static readonly (int At, int Bytes)[] Fields =
    [
        (8, 4),
        (12, 4),
        (36, 8),
        (56, 8),
        (64, 8),
        (72, 8),
        (80, 4),
        (84, 4),
        (88, 4),
        (92, 4),
        (96, 2),
    ];

    private static readonly long[] Numbers =
    [
        0,
        1,
        2,
        3,
        4,
        -1,
        50,
        200,
        201,
        0x41727101980,
        int.MaxValue,
        int.MinValue,
        long.MaxValue,
        long.MinValue,
        1L << 40,
        1_000_000,
        16_384,
    ];

    protected override void ChangeStructure(Draft draft, Random random)
    {
        (int at, int bytes) = Fields[random.Next(Fields.Length)];
        if (random.Next(4) == 0)
            AddOption(draft, random);
        else if (at + bytes <= draft.Length)
        {
            Span<byte> field = draft.Bytes.Slice(at, bytes);
            long number = Numbers[random.Next(Numbers.Length)];
            if (bytes == 8)
                BinaryPrimitives.WriteInt64BigEndian(field, number);
            else if (bytes == 4)
                BinaryPrimitives.WriteInt32BigEndian(field, (int)number);
            else
                BinaryPrimitives.WriteInt16BigEndian(field, (short)number);
        }
    }

    protected override void Finish(Draft draft, Random random)
    {
        bool isConnect =
            draft.Length >= UdpRequestHeader.LengthBytes
            && BinaryPrimitives.ReadUInt64BigEndian(draft.Bytes) == UdpConnectRequest.ProtocolId;
        if (!isConnect && draft.Length >= sizeof(ulong) && random.Next(10) != 0)
            BinaryPrimitives.WriteUInt64BigEndian(draft.Bytes, connectionId());
        if (draft.Length >= InfoHashAt + InfoHash.LengthBytes && random.Next(5) != 0)
            swarm.AsSpan().CopyTo(draft.Bytes[InfoHashAt..]);
        // Others than before, so that tables fill.
        if (draft.Length >= PortAt + sizeof(ushort) && random.Next(2) == 0)
        {
            random.NextBytes(draft.Bytes.Slice(PeerIdAt, PeerId.LengthBytes));
            random.NextBytes(draft.Bytes.Slice(PortAt, sizeof(ushort)));
        }
    }

    private static void AddOption(Draft draft, Random random)
    {
        Span<byte> option = stackalloc byte[2 + 40];
        random.NextBytes(option);
        option[0] = (byte)random.Next(5);
        option[1] = (byte)(random.Next(4) == 0 ? random.Next(256) : random.Next(40));
        draft.Replace(
            Math.Min(draft.Length, UdpAnnounceRequest.LengthBytes),
            0,
            option[..random.Next(option.Length + 1)]
        );
    }
}
