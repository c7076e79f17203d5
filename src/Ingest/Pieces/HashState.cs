using System.Buffers.Binary;
using System.Security.Cryptography;
using Distribution.BitTorrent.Hashing;
using Distribution.BitTorrent.Merkle;

namespace Distribution.Ingest.Pieces;

/// <summary>
/// Where all hashes of a content stand at an offset, to be stored with a checkpoint: at most 750 bytes, from which another
/// process goes on without reading a byte again.
/// </summary>
/// <remarks>
/// <code>
/// check 8 (the SHA-256 of the rest, cut)  format 1  versions 1  padded 1  has content 1  piece length 4  content length 8  offset 8
/// SHA-256 of the content 104   if wanted
/// SHA-1 of the piece 92        v1, and the offset lies inside a piece
/// merkle nodes 32 each         v2, and the offset lies inside a piece: one a set bit of the leaves that are whole
/// SHA-256 of the leaf 104      v2, and the offset lies inside a leaf
/// </code>
/// Numbers are big-endian. What is not there follows from the offset, so the size is checked to the byte.
/// </remarks>
internal sealed class HashState
{
    private const byte Format = 1;
    private const int CheckBytes = 8;
    private const int HeaderBytes = CheckBytes + 4 + sizeof(int) + 2 * sizeof(long);

    /// <summary>All bytes below are hashed.</summary>
    public required long OffsetBytes { get; init; }

    /// <summary>Of the whole content's SHA-256; empty where it is not wanted.</summary>
    public ReadOnlyMemory<byte> Content { get; init; }

    /// <summary>Of the v1 hash of the piece in progress; empty where there is none.</summary>
    public ReadOnlyMemory<byte> Piece { get; init; }

    /// <summary>The merkle nodes of the piece in progress that wait for others.</summary>
    public ReadOnlyMemory<byte> Nodes { get; init; }

    /// <summary>Of the leaf in progress; empty where there is none.</summary>
    public ReadOnlyMemory<byte> Leaf { get; init; }

    public byte[] Encode(PieceMap map)
    {
        var state = new byte[HeaderBytes + Content.Length + Piece.Length + Nodes.Length + Leaf.Length];
        WriteHeader(state, map, OffsetBytes, !Content.IsEmpty);
        int at = HeaderBytes;
        foreach (ReadOnlyMemory<byte> part in (ReadOnlySpan<ReadOnlyMemory<byte>>)[Content, Piece, Nodes, Leaf])
        {
            part.CopyTo(state.AsMemory(at));
            at += part.Length;
        }
        WriteCheck(state.AsSpan(CheckBytes), state);
        return state;
    }

    /// <summary>Reads a state of this content at this offset; an empty one is that of offset 0.</summary>
    /// <exception cref="InvalidDataException">Damaged, of another content or offset, or of another program version.</exception>
    public static HashState Decode(ReadOnlyMemory<byte> state, PieceMap map, long offset)
    {
        if (state.IsEmpty && offset == 0)
            return new HashState { OffsetBytes = 0 };
        Span<byte> header = stackalloc byte[HeaderBytes];
        if (state.Length < HeaderBytes)
            throw new InvalidDataException($"The hashes' state at {offset} is cut off.");
        WriteCheck(state.Span[CheckBytes..], header);
        if (!header[..CheckBytes].SequenceEqual(state.Span[..CheckBytes]))
            throw new InvalidDataException($"The hashes' state at {offset} is damaged.");
        bool hasContent = state.Span[CheckBytes + 3] != 0;
        WriteHeader(header, map, offset, hasContent);
        if (!header[CheckBytes..].SequenceEqual(state.Span[CheckBytes..HeaderBytes]))
            throw new InvalidDataException(
                $"The hashes' state is not of this content at {offset}, or another program version wrote it."
            );

        PieceSpan piece = offset < map.LengthBytes ? map.PieceAt(offset) : new PieceSpan(offset, offset);
        long leaves = (offset - piece.Start) / MerkleTree.BlockLengthBytes;
        bool isInPiece = offset > piece.Start;
        bool isInLeaf = (offset - piece.Start) % MerkleTree.BlockLengthBytes != 0;
        ReadOnlyMemory<byte> rest = state[HeaderBytes..];
        int content = hasContent ? ResumableHash.StateBytes(ResumableHashKind.Sha256) : 0;
        int sha1 = map.HasV1 && isInPiece ? ResumableHash.StateBytes(ResumableHashKind.Sha1) : 0;
        int nodes = map.HasV2 ? MerkleHasher.PendingNodes(leaves) * MerkleHash.LengthBytes : 0;
        int leaf = map.HasV2 && isInLeaf ? ResumableHash.StateBytes(ResumableHashKind.Sha256) : 0;
        if (rest.Length != content + sha1 + nodes + leaf)
            throw new InvalidDataException($"The hashes' state at {offset} has {state.Length} bytes.");
        return new HashState
        {
            OffsetBytes = offset,
            Content = rest[..content],
            Piece = rest.Slice(content, sha1),
            Nodes = rest.Slice(content + sha1, nodes),
            Leaf = rest.Slice(content + sha1 + nodes, leaf),
        };
    }

    /// <summary>The SHA-256 of the content up to here, 64 lower-case hexadecimal digits.</summary>
    /// <exception cref="InvalidDataException">It was not hashed.</exception>
    public string FinishContent()
    {
        var hash = new ResumableHash(ResumableHashKind.Sha256);
        if (OffsetBytes > 0)
            hash.Import(Content.Span);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.Finish(digest);
        return Convert.ToHexStringLower(digest);
    }

    private static void WriteHeader(Span<byte> header, PieceMap map, long offset, bool hasContent)
    {
        header = header[CheckBytes..];
        header[0] = Format;
        header[1] = (byte)map.Versions;
        header[2] = map.IsPadded ? (byte)1 : (byte)0;
        header[3] = hasContent ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt32BigEndian(header[4..], map.PieceLengthBytes);
        BinaryPrimitives.WriteInt64BigEndian(header[8..], map.LengthBytes);
        BinaryPrimitives.WriteInt64BigEndian(header[16..], offset);
    }

    private static void WriteCheck(ReadOnlySpan<byte> data, Span<byte> check)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(data, digest);
        digest[..CheckBytes].CopyTo(check);
    }
}
