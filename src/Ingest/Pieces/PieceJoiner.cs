using System.Buffers;
using Distribution.BitTorrent.Hashing;
using Distribution.BitTorrent.Merkle;

namespace Distribution.Ingest.Pieces;

/// <summary>
/// Puts together in order what the lanes found: leaves to pieces, both to records, and the state at each block's end. It hashes by itself only
/// leaves that two blocks share, which are few.
/// </summary>
internal sealed class PieceJoiner
{
    private readonly PieceMap _map;
    private readonly MerkleHasher _nodes = new(baseLevel: 0);
    private readonly ResumableHash _leaf = new(ResumableHashKind.Sha256);

    public PieceJoiner(PieceMap map, HashState start)
    {
        _map = map;
        if (!start.Leaf.IsEmpty)
            _leaf.Import(start.Leaf.Span);
        if (!start.Nodes.IsEmpty)
            _nodes.Import(
                (start.OffsetBytes - map.PieceAt(start.OffsetBytes).Start) / MerkleTree.BlockLengthBytes,
                start.Nodes.Span
            );
    }

    /// <summary>The leaf that has the byte at <paramref name="offset"/>.</summary>
    public static PieceSpan LeafAt(PieceMap map, long offset)
    {
        PieceSpan piece = map.PieceAt(offset);
        long start = offset - (offset - piece.Start) % MerkleTree.BlockLengthBytes;
        return new PieceSpan(start, Math.Min(piece.End, start + MerkleTree.BlockLengthBytes));
    }

    /// <summary>The next block, all of whose jobs are done.</summary>
    public HashedStretch Join(ContentBlock block)
    {
        var records = new ArrayBufferWriter<byte>(_map.RecordBytes);
        ReadOnlySpan<byte> v1 = block.V1Pieces is { } hashes ? hashes.WrittenSpan : default;
        ReadOnlySpan<MerkleHash> leaves = block.Leaves;
        for (long at = block.Start; at < block.End; )
        {
            PieceSpan piece = _map.PieceAt(at);
            long end = Math.Min(piece.End, block.End);
            if (_map.HasV2)
                PushLeaves(block, at, end, ref leaves);
            at = end;
            if (end < piece.End)
                break;
            if (_map.HasV1)
            {
                records.Write(v1[..BitTorrent.InfoHash.LengthBytes]);
                v1 = v1[BitTorrent.InfoHash.LengthBytes..];
            }
            if (_map.HasV2)
            {
                records.Write(_nodes.Root()!.Value.AsSpan());
                _nodes.Reset();
            }
        }
        return new HashedStretch(block.End, records.WrittenMemory, StateAfter(block), block.BlockStates);
    }

    private void PushLeaves(ContentBlock block, long at, long end, ref ReadOnlySpan<MerkleHash> leaves)
    {
        Span<byte> digest = stackalloc byte[MerkleHash.LengthBytes];
        while (at < end)
        {
            PieceSpan leaf = LeafAt(_map, at);
            if (leaf.Start == at && leaf.End <= block.End)
            {
                // All that lie in the block as a whole, of which the piece's last may be short.
                long whole = (end - at) / MerkleTree.BlockLengthBytes * MerkleTree.BlockLengthBytes;
                long to = end < _map.PieceAt(at).End ? at + whole : end;
                int count = (int)((to - at - 1) / MerkleTree.BlockLengthBytes) + 1;
                _nodes.Push(leaves[..count]);
                leaves = leaves[count..];
                at = to;
                continue;
            }
            long taken = Math.Min(leaf.End, block.End);
            _leaf.Append(block.Slice(at, taken));
            at = taken;
            if (taken < leaf.End)
                return;
            _leaf.Finish(digest);
            _nodes.Push(new MerkleHash(digest));
        }
    }

    private byte[] StateAfter(ContentBlock block)
    {
        var nodes = new byte[MerkleHasher.PendingNodes(_nodes.Count) * MerkleHash.LengthBytes];
        _nodes.Export(nodes);
        byte[] leaf = _leaf.LengthBytes == 0 ? [] : new byte[ResumableHash.StateBytes(ResumableHashKind.Sha256)];
        if (leaf.Length > 0)
            _leaf.Export(leaf);
        var state = new HashState
        {
            OffsetBytes = block.End,
            Content = block.ContentState,
            Piece = block.PieceState,
            Nodes = nodes,
            Leaf = leaf,
        };
        return state.Encode(_map);
    }
}
