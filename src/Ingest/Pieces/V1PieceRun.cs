using System.Buffers;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Hashing;

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
        // Step by step the next stretch of every piece that has one: of short pieces all bytes, of long ones a block.
        for (int step = 0; pieces.Exists(piece => piece.Stretches.Count > step); step++)
        {
            List<Piece> some = pieces.FindAll(piece => piece.Stretches.Count > step);
            HashLanes.Append(
                [.. some.Select(piece => piece.Hash)],
                [.. some.Select(piece => piece.Stretches[step].Bytes)]
            );
            foreach (Piece piece in some)
            {
                if (!piece.IsWhole || step < piece.Stretches.Count - 1)
                    piece.Stretches[step].Block.PieceState = Export(piece.Hash);
            }
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

    private List<Piece> PiecesOf(IReadOnlyList<ContentBlock> blocks)
    {
        var pieces = new List<Piece>();
        foreach (ContentBlock block in blocks)
        {
            for (long at = block.Start; at < block.End; )
            {
                PieceSpan span = map.PieceAt(at);
                long end = Math.Min(span.End, block.End);
                if (pieces.Count == 0 || at == span.Start)
                {
                    ResumableHash hash = at == span.Start ? new ResumableHash(ResumableHashKind.Sha1) : _open!;
                    pieces.Add(new Piece(hash));
                }
                pieces[^1].Stretches.Add((block, block.Data.Slice((int)(at - block.Start), (int)(end - at))));
                pieces[^1].IsWhole = end == span.End;
                at = end;
            }
        }
        return pieces;
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

    private static byte[] Export(ResumableHash hash)
    {
        var state = new byte[ResumableHash.StateBytes(hash.Kind)];
        hash.Export(state);
        return state;
    }

    private sealed class Piece(ResumableHash hash)
    {
        public ResumableHash Hash { get; } = hash;

        public List<(ContentBlock Block, ReadOnlyMemory<byte> Bytes)> Stretches { get; } = [];

        /// <summary>Its last byte is there.</summary>
        public bool IsWhole { get; set; }
    }
}
