using System.Buffers;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Hashing;
using Distribution.BitTorrent.Pieces;

namespace Distribution.Ingest.Pieces;

/// <summary>
/// The SHA-1 of a run of pieces whose blocks come in groups: the pieces of a group side by side, and the one that the next group goes on with
/// carried over. For one thread at a time.
/// </summary>
/// <param name="open">Of the piece that the first block goes on with; null where it begins one.</param>
internal sealed class V1PieceRun(PieceMap map, ResumableHash? open)
{
    private static readonly byte[] Zeros = new byte[64 << 10];

    private ResumableHash? _open = open;

    /// <summary>Leaves in each block the hashes of the pieces that end there, and where the one stands that does not.</summary>
    public void Hash(IReadOnlyList<ContentBlock> blocks)
    {
        List<Piece> pieces = PiecesOf(blocks);
        var some = new List<Piece>(pieces);
        ResumableHash[] together = [];
        ReadOnlyMemory<byte>[] bytes = [];
        // Step by step the next stretch of every piece that has one.
        for (int step = 0; ; step++)
        {
            some.RemoveAll(piece => piece.Stretches.Count <= step);
            if (some.Count == 0)
                break;
            if (some.Count != together.Length)
                (together, bytes) = (
                    [.. some.Select(static piece => piece.Hash)],
                    new ReadOnlyMemory<byte>[some.Count]
                );
            for (int i = 0; i < bytes.Length; i++)
                bytes[i] = some[i].Stretches[step].Bytes;
            HashLanes.Append(together, bytes);
            foreach (Piece piece in some)
                Note(piece.Hash, piece.Stretches[step]);
        }
        if (map.IsPadded)
            Pad(pieces);
        _open = null;
        foreach (Piece piece in pieces)
        {
            if (!piece.IsWhole)
            {
                _open = piece.Hash;
                break;
            }
            ArrayBufferWriter<byte> hashes = piece.Stretches[^1].Block.V1Pieces ??= new ArrayBufferWriter<byte>();
            piece.Hash.Finish(hashes.GetSpan(InfoHash.LengthBytes));
            hashes.Advance(InfoHash.LengthBytes);
        }
    }

    /// <summary>Writes down where the piece's hash stands, where somebody will ask for it.</summary>
    private static void Note(ResumableHash hash, Stretch stretch)
    {
        if (stretch.StateIndex < 0 && !stretch.EndsBlock)
            return;
        Span<byte> state = stackalloc byte[ResumableHash.StateBytes(ResumableHashKind.Sha1)];
        hash.Export(state);
        if (stretch.StateIndex >= 0)
            state
                .Slice(sizeof(long), BlockStateMap.StateBytes)
                .CopyTo(stretch.Block.BlockStates.AsSpan(stretch.StateIndex * BlockStateMap.StateBytes));
        if (stretch.EndsBlock)
            stretch.Block.PieceState = state.ToArray();
    }

    private List<Piece> PiecesOf(IReadOnlyList<ContentBlock> blocks)
    {
        var pieces = new List<Piece>();
        foreach (ContentBlock block in blocks)
        {
            int states = 0;
            for (long at = block.Start; at < block.End; )
            {
                PieceSpan span = map.PieceAt(at);
                if (pieces.Count == 0 || at == span.Start)
                    pieces.Add(new Piece(at == span.Start ? new ResumableHash(ResumableHashKind.Sha1) : _open!));
                at = Add(pieces[^1], block, at, span, ref states);
                pieces[^1].IsWhole = at == span.End;
            }
            block.BlockStates = new byte[states * BlockStateMap.StateBytes];
        }
        return pieces;
    }

    /// <summary>The next stretch of a piece: to where one of its blocks of 16 KiB ends, if the bytes reach so far.</summary>
    private static long Add(Piece piece, ContentBlock block, long at, PieceSpan span, ref int states)
    {
        long next = at + BlockStateMap.BlockBytes - (at - span.Start) % BlockStateMap.BlockBytes;
        long end = Math.Min(Math.Min(next, span.End), block.End);
        bool hasState = end == next && end < span.End;
        piece.Stretches.Add(
            new Stretch(
                block,
                block.Data.Slice((int)(at - block.Start), (int)(end - at)),
                hasState ? states++ : -1,
                EndsBlock: end == block.End && end < span.End
            )
        );
        return end;
    }

    private void Pad(List<Piece> pieces)
    {
        List<Piece> some = pieces.FindAll(piece => piece.IsWhole);
        while (some.RemoveAll(piece => PaddingOf(piece) == 0) >= 0 && some.Count > 0)
            HashLanes.Append(
                [.. some.Select(piece => piece.Hash)],
                [.. some.Select(piece => (ReadOnlyMemory<byte>)Zeros.AsMemory(0, PaddingOf(piece)))]
            );
    }

    private int PaddingOf(Piece piece) => (int)Math.Min(Zeros.Length, map.PieceLengthBytes - piece.Hash.LengthBytes);

    private sealed class Piece(ResumableHash hash)
    {
        public ResumableHash Hash { get; } = hash;

        public List<Stretch> Stretches { get; } = [];

        /// <summary>Its last byte is there.</summary>
        public bool IsWhole { get; set; }
    }

    /// <param name="StateIndex">Of the state at its end among those of the block; -1: none.</param>
    /// <param name="EndsBlock">The block ends here, and the piece does not.</param>
    private readonly record struct Stretch(
        ContentBlock Block,
        ReadOnlyMemory<byte> Bytes,
        int StateIndex,
        bool EndsBlock
    );
}
