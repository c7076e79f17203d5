using System.Buffers.Binary;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Wire;

namespace Distribution.Fuzz.Mutations;

/// <summary>Changes what a peer says at its frames (BEP 3): leaves one out, repeats it, changes places, lengths, ids and numbers.</summary>
internal sealed class PeerMutator(Corpus corpus, InfoHash[] swarms) : Mutator(corpus)
{
    private const int InfoHashAt = 28;
    private const int PeerIdAt = 48;
    private const int MostRepetitions = 400;

    private static readonly uint[] Numbers =
    [
        0,
        1,
        2,
        5,
        9,
        13,
        14,
        0x3fff,
        0x4000,
        0x4001,
        0x8000,
        0x20000,
        0x20001,
        int.MaxValue,
        0x8000_0000,
        uint.MaxValue,
    ];

    protected override void ChangeStructure(Draft draft, Random random)
    {
        (int start, int length) = Frame(draft, random);
        if (length == 0)
            return;
        byte[] frame = draft.Bytes.Slice(start, length).ToArray();
        switch (random.Next(8))
        {
            case 0:
                draft.Replace(start, length, []);
                break;
            case 1:
                draft.Replace(start, 0, frame);
                break;
            case 2 when random.Next(10) == 0:
                draft.Replace(
                    start,
                    0,
                    [.. Enumerable.Repeat(frame, random.Next(MostRepetitions)).SelectMany(one => one)]
                );
                break;
            case 3:
                (int otherStart, int otherLength) = Frame(draft, random);
                draft.Replace(start, 0, draft.Bytes.Slice(otherStart, otherLength).ToArray());
                break;
            case 4 when length > 4:
                draft.Bytes[start + 4] = (byte)random.Next(random.Next(4) == 0 ? 256 : 24);
                break;
            case 5:
                BinaryPrimitives.WriteUInt32BigEndian(
                    draft.Bytes.Slice(start, 4),
                    Numbers[random.Next(Numbers.Length)]
                );
                break;
            default:
                int numbers = (length - 5) / 4;
                if (numbers > 0)
                    BinaryPrimitives.WriteUInt32BigEndian(
                        draft.Bytes.Slice(start + 5 + 4 * random.Next(Math.Min(3, numbers)), 4),
                        Numbers[random.Next(Numbers.Length)]
                    );
                break;
        }
    }

    protected override void Finish(Draft draft, Random random)
    {
        if (draft.Length < Handshake.LengthBytes || random.Next(20) == 0)
            return;
        var mended = new Handshake(
            swarms[random.Next(swarms.Length)],
            new PeerId(draft.Bytes.Slice(PeerIdAt, PeerId.LengthBytes)),
            (ReservedBits)BinaryPrimitives.ReadUInt64BigEndian(draft.Bytes[(InfoHashAt - 8)..])
        );
        mended.Write(draft.Bytes);
        random.NextBytes(draft.Bytes.Slice(PeerIdAt + 8, PeerId.LengthBytes - 8));
    }

    /// <summary>One of the frames behind the handshake; what is no whole frame is the last.</summary>
    private static (int Start, int Length) Frame(Draft draft, Random random)
    {
        var starts = new List<(int Start, int Length)>();
        for (int at = Handshake.LengthBytes; at + 4 <= draft.Length; )
        {
            long length = 4L + BinaryPrimitives.ReadUInt32BigEndian(draft.Bytes[at..]);
            length = Math.Min(length, draft.Length - at);
            starts.Add((at, (int)length));
            at += (int)length;
        }
        return starts.Count == 0 ? (0, 0) : starts[random.Next(starts.Count)];
    }
}
